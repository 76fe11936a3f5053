"""Whether another organisation may be asked to help, and whether that help came: by buttons that
work for ever.
"""

from aiogram import Router
from aiogram.types import CallbackQuery

from dialogs.presses import HelpCame, ShareReferral
from dialogs.screens import Telling
from dialogs.texts import Texts
from dialogs.words.consent_notice import ConsentNotice
from dialogs.words.referring import question
from domain.notices import Notice
from domain.referrals.agreeing import answer_referral, say_received
from handlers.answering.pressing import known
from handlers.answering.replacing import noted, say_what_is_so
from storage.sessions import Session
from storage.tables.returnees import Returnee


def referring_router() -> Router:
    router = Router(name="referring")
    router.callback_query.register(decide_on_referral, ShareReferral.filter())
    router.callback_query.register(say, HelpCame.filter())
    return router


async def decide_on_referral(
    query: CallbackQuery,
    callback_data: ShareReferral,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
) -> None:
    person, referral = known(returnee), callback_data.referral
    notice = await ConsentNotice.of(session, person, texts)
    read = await question(Telling(session, texts, {"referral": str(referral)}, person))
    shown = notice.shown_with(read.text)
    if await answer_referral(session, person, referral, callback_data.granted, shown):
        await noted(session, query, person)
    else:
        about = {"referral": str(referral)}
        await say_what_is_so(session, query, person, Notice.REFERRAL_ASKED, about)


async def say(
    query: CallbackQuery, callback_data: HelpCame, session: Session, returnee: Returnee | None
) -> None:
    person = known(returnee)
    await say_received(session, person, callback_data.referral, callback_data.received)
    # "All right" would be no answer to somebody whom nobody helped.
    await noted(session, query, person, Notice.WORDS_TAKEN)
