"""What goes through a channel: as in Telegram, without its marks and buttons."""

from html import unescape
from re import sub
from typing import Any

from dialogs.notices import WORDINGS
from dialogs.screens import Telling
from dialogs.texts import Texts
from domain.notices import Notice
from locales.catalogues import Catalogues
from storage.kinds import Discretion
from storage.sessions import Session


async def said(
    session: Session,
    catalogues: Catalogues,
    notice: Notice,
    params: dict[str, Any],
    language: str,
    console: str,
) -> str:
    """`console`: where it is; whoever is alerted goes there."""
    texts = Texts(language, Discretion.OPEN, catalogues.of(language))
    screen = await WORDINGS[notice].words(Telling(session, texts, params))
    return f"{unescape(sub(r'<[^>]+>', '', screen.text))}\n{console}"
