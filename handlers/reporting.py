"""That a service did not work, said with one tap."""

from aiogram import Router
from aiogram.types import CallbackQuery

from dialogs.presses import DidNotWork
from dialogs.texts import Texts
from dialogs.words.services import NOT_SHOWN, PASSED_ON
from domain.directory.reports import report
from domain.directory.withholding import is_withheld
from domain.returnees.enrolments import organisation_for, organisations_for
from handlers.answering.answers import PressAnswer
from storage.sessions import Session
from storage.tables.returnees import Returnee


def reporting_router() -> Router:
    router = Router(name="reporting")
    router.callback_query.register(did_not_work, DidNotWork.filter())
    return router


async def did_not_work(
    query: CallbackQuery,
    callback_data: DidNotWork,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
    answer: PressAnswer,
) -> None:
    """The answer fades, and leaves nothing in the chat for others to read."""
    service = callback_data.service
    if await is_withheld(session, await organisations_for(session, returnee), service):
        answer.say(texts(texts.pick(*NOT_SHOWN)))
        return
    await report(session, service, await organisation_for(session, returnee))
    answer.say(texts(texts.pick(*PASSED_ON)))
