"""What takes the place of the question that somebody answered by a button."""

from aiogram.types import CallbackQuery

from domain.notices import Notice, tell
from domain.returnees.phone import discretion_now
from handlers.answering.pressing import message_pressed
from storage.kinds import Discretion
from storage.sessions import Session
from storage.tables.returnees import Returnee


async def noted(
    session: Session,
    query: CallbackQuery,
    returnee: Returnee,
    notice: Notice = Notice.CONSENT_NOTED,
) -> None:
    """What they pressed is kept."""
    await tell(session, returnee, notice, edit=message_pressed(query))


async def say_what_is_so(
    session: Session,
    query: CallbackQuery,
    returnee: Returnee,
    notice: Notice,
    params: dict[str, str],
) -> None:
    """Nothing follows from what they pressed. Why not takes the place of the question: who helps
    them all the same, that their talk goes on or is gone, or that it stays shut, since it names
    somebody and nobody knows who holds the phone. Where others read along, it is covered.
    """
    is_open = discretion_now(returnee) is Discretion.OPEN
    instead = Notice.REVEALED if is_open else Notice.CONCEALED
    about = {"notice": notice, "params": params}
    await tell(session, returnee, instead, about, edit=message_pressed(query))
