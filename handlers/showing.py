"""Saying something to whoever an update is from, in the way their phone asks for."""

from typing import Any

from dialogs.texts import Texts
from domain.notices import Notice, tell, tell_chat
from storage.returnees import Returnee
from storage.sessions import Session


async def say(
    session: Session,
    chat_id: int,
    returnee: Returnee | None,
    texts: Texts,
    notice: Notice,
    params: dict[str, Any] | None = None,
) -> None:
    """Answers somebody, whether or not anything is kept about them."""
    if returnee is not None:
        await tell(session, returnee, notice, params)
    else:
        await tell_chat(session, chat_id, notice, params, language=texts.language)
