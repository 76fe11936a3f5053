"""What was written wrongly: chosen by a button, put right with the next message."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from dialogs.presses import CorrectWords, OlderWords
from domain.identity.agreed_words import unsaid
from domain.notices import Notice, tell
from domain.notices.unasked import came_unasked
from domain.privacy.correcting import correct, find_correctable
from handlers.answering.pressing import known
from handlers.reading.contents import as_their_answer
from handlers.reading.filters import NO_COMMAND
from storage.sessions import Session
from storage.tables.returnees import Returnee

# Later words are about something else.
_WRITTEN_WITHIN = timedelta(minutes=30)
_CHOSEN = "correcting"


def correcting_router() -> Router:
    router = Router(name="correcting")
    router.callback_query.register(choose, CorrectWords.filter())
    router.callback_query.register(show_older, OlderWords.filter())
    router.message.register(put_right, NO_COMMAND)
    return router


async def choose(
    query: CallbackQuery,
    callback_data: CorrectWords,
    state: FSMContext,
    session: Session,
    returnee: Returnee | None,
) -> None:
    person = known(returnee)
    if callback_data.message is None:
        await tell(session, person, Notice.CORRECT_WHICH)
    else:
        message = await find_correctable(session, person, callback_data.message)
        chosen = {"message": str(message.id), "at": session.now.isoformat()}
        await state.update_data({_CHOSEN: chosen})
        await tell(session, person, Notice.CORRECT_HOW)


async def show_older(
    query: CallbackQuery, callback_data: OlderWords, session: Session, returnee: Returnee | None
) -> None:
    person = known(returnee)
    behind = await find_correctable(session, person, callback_data.behind)
    await tell(session, person, Notice.CORRECT_WHICH, {"behind": str(behind.id)})


async def went_elsewhere(state: FSMContext) -> None:
    """They pressed something else since, or sent a command: what they write now is no note."""
    if (await state.get_data()).get(_CHOSEN) is not None:
        await state.update_data({_CHOSEN: None})


async def put_right(
    message: Message, state: FSMContext, session: Session, found: bool, returnee: Returnee | None
) -> None:
    """The watch has read it before, like any message. What it has found there, and what goes past
    the team, is no note: staff would read it. Else it is a message like any other, or the answer to
    what a check-in asked since, or to what the team wrote.
    """
    chosen: dict[str, Any] | None = (await state.get_data()).get(_CHOSEN)
    if returnee is None or chosen is None:
        raise SkipHandler
    await state.update_data({_CHOSEN: None})
    if found:
        raise SkipHandler
    since = datetime.fromisoformat(chosen["at"])
    if session.now - since > _WRITTEN_WITHIN or returnee.typing_for is not None:
        raise SkipHandler
    if await came_unasked(session, returnee, since):
        raise SkipHandler
    note = await unsaid(session, returnee, as_their_answer(message))
    await correct(session, returnee, UUID(chosen["message"]), note)
    await tell(session, returnee, Notice.CORRECTED)
