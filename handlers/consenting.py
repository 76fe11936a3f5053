"""Consent by buttons that work for ever: being asked anew, a partner, a talk that ended."""

from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode

from dialogs.presses import KeepLastTalk, KeepTalk, ReviewConsent, SharePartner
from dialogs.screens import Telling
from dialogs.states import WelcomeStates
from dialogs.texts import Texts
from dialogs.words.consent import partner_question
from dialogs.words.consent_notice import ConsentNotice
from domain.consent.agreeing import keep_talk
from domain.notices import Notice
from domain.referrals.sharing import answer_about_partner
from handlers.answering.pressing import known
from handlers.answering.replacing import noted, say_what_is_so
from storage.sessions import Session
from storage.tables.returnees import Returnee


def consenting_router() -> Router:
    router = Router(name="consenting")
    router.callback_query.register(review, ReviewConsent.filter())
    router.callback_query.register(decide_on_partner, SharePartner.filter())
    router.callback_query.register(keep, KeepTalk.filter())
    router.callback_query.register(keep_last, KeepLastTalk.filter())
    return router


async def review(
    query: CallbackQuery, dialog_manager: DialogManager, returnee: Returnee | None
) -> None:
    known(returnee)
    await dialog_manager.start(WelcomeStates.notice, mode=StartMode.RESET_STACK)


async def decide_on_partner(
    query: CallbackQuery,
    callback_data: SharePartner,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
) -> None:
    person, partner = known(returnee), callback_data.partner
    notice = await ConsentNotice.of(session, person, texts)
    telling = Telling(session, texts, {"partner": str(partner)}, person)
    question = (await partner_question(telling)).text
    shown = notice.shown_with(question)
    if await answer_about_partner(session, person, partner, callback_data.granted, shown):
        await noted(session, query, person)
    else:
        about = {"partner": str(partner)}
        await say_what_is_so(session, query, person, Notice.PARTNER_ASKED, about)


async def keep(
    query: CallbackQuery, callback_data: KeepTalk, session: Session, returnee: Returnee | None
) -> None:
    await _keep(session, query, known(returnee), callback_data.case)


async def keep_last(query: CallbackQuery, session: Session, returnee: Returnee | None) -> None:
    await _keep(session, query, known(returnee))


async def _keep(
    session: Session, query: CallbackQuery, person: Returnee, case_id: UUID | None = None
) -> None:
    if await keep_talk(session, person, case_id):
        await noted(session, query, person)
    else:
        await say_what_is_so(session, query, person, Notice.CASE_CLOSED, {})
