"""Telling safeguarding something about somebody who helps, from any such button, at any time."""

from aiogram import Router
from aiogram.types import CallbackQuery

from dialogs.presses import AboutHelper, AnswerSafeguarding, PastLead, SaidAll
from dialogs.texts import Texts
from domain.notices import Notice, tell
from domain.returnees.enrolments import become_known
from domain.safeguarding.complaints import confide, confide_in_answer, said_all
from handlers.answering.pressing import known, message_pressed
from storage.kinds import ComplaintKind
from storage.sessions import Session
from storage.tables.returnees import Returnee


def confiding_router() -> Router:
    router = Router(name="confiding")
    router.callback_query.register(begin, AboutHelper.filter())
    router.callback_query.register(answer, AnswerSafeguarding.filter())
    router.callback_query.register(go_past_the_lead, PastLead.filter())
    router.callback_query.register(end, SaidAll.filter())
    return router


async def begin(
    query: CallbackQuery,
    callback_data: AboutHelper,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
) -> None:
    """Who is a stranger yet becomes known by that: they cannot be answered otherwise."""
    person = returnee or await become_known(session, query.from_user.id, texts.language)
    await confide(session, person, callback_data.kind)
    await tell(session, person, Notice.CONFIDING)


async def answer(
    query: CallbackQuery,
    callback_data: AnswerSafeguarding,
    session: Session,
    returnee: Returnee | None,
) -> None:
    person = known(returnee)
    await confide_in_answer(session, person, callback_data.message)
    await tell(session, person, Notice.CONFIDING)


async def go_past_the_lead(
    query: CallbackQuery, session: Session, returnee: Returnee | None
) -> None:
    person, message = known(returnee), message_pressed(query)
    await confide(session, person, ComplaintKind.ABOUT_STAFF, past_lead=True)
    await tell(session, person, Notice.CONFIDING, edit=message)


async def end(query: CallbackQuery, session: Session, returnee: Returnee | None) -> None:
    person = known(returnee)
    said_all(person)
    await tell(session, person, Notice.SAID_ALL)
