"""Saying something to whoever an update is from, in the way their phone asks for."""

from datetime import timedelta
from typing import Any

from dialogs.texts import Texts
from domain.notices import Notice, tell, tell_chat
from domain.returnees import discretion_now
from storage.kinds import Discretion
from storage.returnees import Returnee
from storage.sessions import Session

# How long something stays open on a watched phone.
_OPEN_FOR = timedelta(minutes=3)


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


async def show(
    session: Session, returnee: Returnee, notice: Notice, params: dict[str, Any], *, edit: int
) -> None:
    """Shows it openly in the place of a message that the person just pressed."""
    discretion = discretion_now(returnee)
    if discretion is Discretion.OPEN:
        await tell(session, returnee, notice, params, edit=edit)
        return
    shown = {"notice": notice, "params": params}
    await tell(session, returnee, Notice.REVEALED, shown, edit=edit)
    if discretion is Discretion.WATCHED:
        until = session.now + _OPEN_FOR
        await tell(session, returnee, Notice.CONCEALED, shown, edit=edit, not_before=until)
