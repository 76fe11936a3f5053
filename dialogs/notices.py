"""Words for everything that the domain puts in the outbox, found at the moment of sending."""

from dataclasses import dataclass
from typing import Any

from aiogram.types import InlineKeyboardMarkup

from dialogs.texts import Texts
from storage.returnees import Returnee
from storage.sessions import Session


@dataclass(frozen=True, slots=True)
class Screen:
    """What stands in a chat: Telegram's HTML, and the buttons under it."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None
    #: A recording's file id; the text is then its caption.
    voice: str | None = None


async def render(
    session: Session, content: dict[str, Any], texts: Texts, returnee: Returnee | None
) -> Screen:
    return Screen(content["notice"])
