"""What staff do in Telegram: join, look at the queue, go on and off duty, claim and close."""

from typing import Any

from aiogram import Router
from aiogram.enums import ChatType
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, InaccessibleMessage, Message

from dialogs.presses import AnswerDrill, ClaimCase, CloseCase, EndCase, TakeWordsBack, TryQuestion
from dialogs.texts import Texts
from domain.calendar import minutes_since
from domain.campaigns.trying import go_on_trying
from domain.cases.changes import said_so_far
from domain.cases.finding import codes_for_all, id_of_case, own_case, unresolved_case
from domain.cases.topics import has_topic
from domain.casework.work import claim_locked, resolve
from domain.channels.reaching import reach_staff
from domain.channels.telegram import reads_topics
from domain.duty import drills, go_off_duty, go_on_duty, on_duty
from domain.duty.now import shift_ends
from domain.notices import Notice
from domain.queue.lines import UNRESOLVED, count_cases, most_dangerous
from domain.replies.unsent import case_of_words, something_ends_unsent, take_words_back
from domain.staff import actor_of
from domain.staff.colleagues import is_kept_from_somebody
from domain.staff.telegram import fit_menu
from handlers.answering.answers import PressAnswer
from handlers.answering.pressing import message_pressed
from handlers.answering.showing import answer_staff, hint_staff
from handlers.entering import join
from handlers.finding.routing import Door
from handlers.reading.filters import OF_STAFF, PRIVATE, called
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff

_MOST_SHOWN = 20


def working_router() -> Router:
    """For staff alone; what else they send in private is answered with a hint."""
    router = Door("working", message=(PRIVATE, OF_STAFF), callback_query=(OF_STAFF,))
    router.message.register(start, called("start"))
    router.message.register(show_queue, called("queue"))
    router.message.register(duty, called("duty"))
    router.message.register(hint)
    router.callback_query.register(claim_case, ClaimCase.filter())
    router.callback_query.register(take_back, TakeWordsBack.filter())
    router.callback_query.register(ask_how_it_ended, CloseCase.filter())
    router.callback_query.register(close_case, EndCase.filter())
    router.callback_query.register(answer_drill, AnswerDrill.filter())
    router.callback_query.register(try_question, TryQuestion.filter())
    router.callback_query.register(ignore_button)
    return router


async def start(
    message: Message, command: CommandObject, session: Session, staff: Staff, texts: Texts
) -> None:
    if command.args:
        await join(session, message.chat.id, command.args.strip(), texts)
    else:
        await hint(message, session, staff)
        # Who joined before there was a menu for them has none yet.
        await fit_menu(session, staff)


async def show_queue(message: Message, session: Session, staff: Staff) -> None:
    actor = actor_of(staff)
    cases = await most_dangerous(session, actor, _MOST_SHOWN)
    count = await count_cases(session, actor, *UNRESOLVED)
    shown = [
        {
            "code": line.code,
            "severity": line.severity,
            "state": line.state,
            "minutes": minutes_since(line.waits_since, session.now),
            "waits": line.waits,
        }
        for line in cases
    ]
    await answer_staff(session, message, staff, Notice.STAFF_QUEUE, {"cases": shown, "all": count})


async def duty(message: Message, command: CommandObject, session: Session, staff: Staff) -> None:
    """Without "on" or "off" it only says how it stands."""
    actor = actor_of(staff)
    wish = (command.args or "").strip().casefold()
    if wish == "on":
        await go_on_duty(session, actor)
    elif wish == "off":
        await go_off_duty(session, actor)
    await session.flush()
    called = await on_duty(session, staff.organisation_id)
    ends = await shift_ends(session, staff)
    params = {
        "on": staff in called,
        "ends": ends.replace(tzinfo=None).isoformat() if ends else None,
    }
    await answer_staff(session, message, staff, Notice.STAFF_DUTY, params)


async def hint(message: Message, session: Session, staff: Staff) -> None:
    await hint_staff(session, message, staff)


async def claim_case(
    query: CallbackQuery, callback_data: ClaimCase, session: Session, staff: Staff
) -> None:
    """Whoever claims an emergency reads what else went back to their colleagues for it."""
    actor, code = actor_of(staff), callback_data.code
    case = await unresolved_case(session, actor, await id_of_case(session, code))
    handed_back = await claim_locked(session, actor, case)
    if query.message is not None:
        topic = await _is_answered_in_topic(session, case)
        params = {"code": code, "handed_back": handed_back, "topic": topic}
        await _say_claimed(session, query.message, staff, params)


async def _say_claimed(
    session: Session,
    message: Message | InaccessibleMessage,
    staff: Staff,
    params: dict[str, Any],
) -> None:
    """In a group no case is named that somebody there must know nothing of (P10): that it went
    back, whoever had it reads in private.
    """
    handed_back = params["handed_back"]
    if message.chat.type != ChatType.PRIVATE:
        params = {**params, "handed_back": await codes_for_all(session, handed_back)}
    await answer_staff(session, message, staff, Notice.STAFF_CLAIMED, params)
    if params["handed_back"] != handed_back:
        in_full = {**params, "handed_back": handed_back}
        await reach_staff(session, staff.organisation_id, [staff], Notice.STAFF_CLAIMED, in_full)


async def _is_answered_in_topic(session: Session, case: Case) -> bool:
    """Whether words that are written there reach the person."""
    ours = await session.get_one(Organisation, case.organisation_id)
    if not (has_topic(session, case) and reads_topics(ours)):
        return False
    return not await is_kept_from_somebody(session, case.organisation_id, case.returnee_id)


async def take_back(
    query: CallbackQuery, callback_data: TakeWordsBack, session: Session, staff: Staff
) -> None:
    """Words that were written in a topic and lie still."""
    message_id = callback_data.message
    case_id = await case_of_words(session, message_id)
    await take_words_back(session, actor_of(staff), case_id, message_id)
    if query.message is not None:
        edit = message_pressed(query)
        await answer_staff(session, query.message, staff, Notice.STAFF_TAKEN_BACK, edit=edit)


async def ask_how_it_ended(
    query: CallbackQuery, callback_data: CloseCase, session: Session, staff: Staff
) -> None:
    code = callback_data.code
    case = await own_case(session, actor_of(staff), await id_of_case(session, code))
    if query.message is not None:
        params = {
            "code": code,
            "read": await said_so_far(session, case.id),
            "unsent": await something_ends_unsent(session, case),
        }
        await answer_staff(session, query.message, staff, Notice.STAFF_CLOSING, params)


async def close_case(
    query: CallbackQuery, callback_data: EndCase, session: Session, staff: Staff
) -> None:
    """Asked twice, and anew once the person has said something since: a button stands in the chat
    for weeks.
    """
    code, outcome, read = callback_data.code, callback_data.outcome, callback_data.read
    await resolve(session, actor_of(staff), await id_of_case(session, code), outcome, read)
    if query.message is not None:
        await answer_staff(session, query.message, staff, Notice.STAFF_CLOSED, {"code": code})


async def answer_drill(
    query: CallbackQuery,
    callback_data: AnswerDrill,
    session: Session,
    staff: Staff,
    texts: Texts,
    answer: PressAnswer,
) -> None:
    await drills.answer(session, actor_of(staff), callback_data.drill)
    answer.say(texts("Thank you: your answer counts."))


async def try_question(
    query: CallbackQuery, callback_data: TryQuestion, session: Session, staff: Staff
) -> None:
    campaign, place = callback_data.campaign, callback_data.place
    await go_on_trying(session, actor_of(staff), campaign, place, edit=message_pressed(query))


async def ignore_button(query: CallbackQuery) -> None:
    """It leads nowhere any more: the press is answered, as every press is, and no more."""
