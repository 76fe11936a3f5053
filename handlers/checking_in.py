"""Check-ins: every button works for ever, and late answers count (P3, P9)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from dialogs import ticks
from dialogs.at_hand import kept
from dialogs.presses import (
    AGAIN,
    BACK,
    SKIP,
    AnswerQuestion,
    AskForCheckIn,
    ChooseDay,
    PutOffCheckIn,
    PutOffToDay,
    StartCheckIn,
)
from dialogs.texts import Texts
from dialogs.words.consent_notice import ConsentNotice
from domain.calendar import local_day
from domain.check_ins.answering import (
    Next,
    answer,
    ask_again,
    change_typed,
    choose,
    go_back,
    let_go_of_unopened,
    question_of,
    start_answering,
    type_answer,
)
from domain.check_ins.asking import ask_check_in
from domain.check_ins.long_answers import begun_just_now
from domain.check_ins.postponing import (
    DayPassed,
    Later,
    comes_again,
    not_now,
    on_day,
    put_aside,
    wish_against,
)
from domain.consent import has_consent
from domain.errors import Refused
from domain.identity.agreed_words import unsaid
from domain.notices import Notice, tell
from domain.questionnaires.values import Kind, Question
from domain.safety.screens import show
from handlers.answering.pressing import known, message_pressed
from handlers.answering.showing import say
from handlers.finding.asked import answers_words
from handlers.reading.contents import as_their_answer
from handlers.reading.filters import NO_COMMAND, called
from storage.kinds import Hold, Purpose
from storage.sessions import Session
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff

_SAID_TO = {Later.NEVER: Notice.CHECK_IN_STOPPED, Later.PAUSE: Notice.STOPPED}
_SAID_OF_WISH = {Hold.PAUSED: Notice.STOPPED, Hold.NEVER_FIRST: Notice.CHECK_IN_NOT_FIRST}
_A_DAY = timedelta(days=1)
_SAYS_NOTHING = (AGAIN, BACK, SKIP)


def checking_in_router() -> Router:
    router = Router(name="checking in")
    router.message.register(check_in_command, called("checkin"))
    router.callback_query.register(press_for_check_in, AskForCheckIn.filter())
    router.callback_query.register(start, StartCheckIn.filter())
    router.callback_query.register(put_off, PutOffCheckIn.filter())
    router.callback_query.register(offer_days, ChooseDay.filter())
    router.callback_query.register(put_off_to_day, PutOffToDay.filter())
    router.callback_query.register(take_answer, AnswerQuestion.filter())
    return router


def typing_router() -> Router:
    """After whatever else takes words, and before the talk."""
    router = Router(name="typing an answer")
    router.message.register(take_words, NO_COMMAND, answers_question)
    router.edited_message.register(take_changed_words, NO_COMMAND)
    return router


async def check_in_command(message: Message, session: Session, returnee: Returnee | None) -> None:
    await _ask(session, kept(returnee))


async def press_for_check_in(
    query: CallbackQuery, session: Session, returnee: Returnee | None
) -> None:
    await _ask(session, kept(returnee))


async def _ask(session: Session, returnee: Returnee) -> None:
    following = await ask_check_in(session, returnee)
    if following is None:
        await tell(session, returnee, Notice.CHECK_IN_NONE)
    else:
        await _ask_anew(session, returnee, following)


async def start(
    query: CallbackQuery, callback_data: StartCheckIn, session: Session, returnee: Returnee | None
) -> None:
    person = known(returnee)
    following = await start_answering(session, person, callback_data.check_in)
    await _go_on(session, query, person, following)


async def put_off(
    query: CallbackQuery,
    callback_data: PutOffCheckIn,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
) -> None:
    person, later, check_in_id = known(returnee), callback_data.later, callback_data.check_in
    notice = await ConsentNotice.of(session, person, texts)
    shown = notice.shown(Purpose.CHECK_INS)
    due_at = await not_now(session, person, check_in_id, later, shown=shown)
    said = _SAID_TO.get(later) or await _said_of_later(session, person, check_in_id, due_at)
    day = _on(person, due_at if later is Later.TOMORROW else None)
    await tell(session, person, said, day, edit=message_pressed(query))


async def offer_days(
    query: CallbackQuery, callback_data: ChooseDay, session: Session, returnee: Returnee | None
) -> None:
    await _offer_days(session, query, known(returnee), callback_data.check_in)


async def put_off_to_day(
    query: CallbackQuery, callback_data: PutOffToDay, session: Session, returnee: Returnee | None
) -> None:
    """A button of a day that has passed offers those that have not (P9)."""
    person, check_in_id = known(returnee), callback_data.check_in
    day = date.fromordinal(callback_data.day)
    try:
        due_at = await on_day(session, person, check_in_id, day)
    except DayPassed:
        await _offer_days(session, query, person, check_in_id)
    else:
        said = await _said_of_later(session, person, check_in_id, due_at)
        await tell(session, person, said, _on(person, due_at), edit=message_pressed(query))


async def _offer_days(
    session: Session, query: CallbackQuery, person: Returnee, check_in_id: UUID
) -> None:
    comes = await comes_again(session, person, check_in_id)
    due_at = session.now + _A_DAY if comes else None
    said = await _said_of_later(session, person, check_in_id, due_at)
    if said is Notice.CHECK_IN_LATER:
        params = {"check_in": str(check_in_id)}
        await show(session, person, Notice.CHECK_IN_DAYS, params, edit=message_pressed(query))
        return
    if comes:
        await put_aside(session, person, check_in_id)
    await tell(session, person, said, edit=message_pressed(query))


async def _said_of_later(
    session: Session, person: Returnee, check_in_id: UUID, due_at: datetime | None
) -> Notice:
    """Nobody is told that they will be asked who won't be (P11)."""
    if not await has_consent(session, person.id, Purpose.CHECK_INS):
        return Notice.CHECK_IN_STOPPED
    if due_at is None:
        return Notice.CHECK_IN_NONE
    wish = await wish_against(session, person, check_in_id, due_at)
    return _SAID_OF_WISH.get(wish, Notice.CHECK_IN_NONE) if wish else Notice.CHECK_IN_LATER


def _on(person: Returnee, due_at: datetime | None) -> dict[str, str]:
    """What is said of when it comes again, on the person's clock."""
    if due_at is None:
        return {}
    return {"day": local_day(due_at, person.time_zone).isoformat()}


async def take_answer(
    query: CallbackQuery,
    callback_data: AnswerQuestion,
    session: Session,
    returnee: Returnee | None,
    staff: Staff | None,
    texts: Texts,
) -> None:
    """Where the question is gone, or theirs no more, nobody knows what they said: it may have been
    that they are in danger (P1).
    """
    try:
        person = known(returnee)
        following = await hear_press(session, person, callback_data)
    except Refused:
        if staff is not None or callback_data.choice in _SAYS_NOTHING:
            raise
        await say(session, query.from_user.id, returnee, texts, Notice.HELP_OFFERED)
        return
    await _go_on(session, query, person, following, _still_ticked(callback_data.choice, following))


async def hear_press(session: Session, person: Returnee, pressed: AnswerQuestion) -> Next:
    """What it says is kept and, where it is worrying, heard. Raises Refused."""
    check_in_id, code = pressed.check_in, pressed.choice
    if code == BACK:
        return await go_back(session, person, check_in_id, pressed.question)
    if code == AGAIN:
        return await ask_again(session, person, check_in_id, pressed.question)
    question = await question_of(session, person, check_in_id, pressed.question)
    said = person, check_in_id, question.name, _said(question, code, _ticked(code))
    if code.startswith(ticks.TICK):
        return await choose(session, *said, first=code.startswith(ticks.FIRST))
    return await answer(session, *said)


def _ticked(code: str) -> int:
    return ticks.mask(code) if code.startswith((ticks.TICK, ticks.DONE)) else 0


def _still_ticked(code: str, following: Next) -> int:
    """Where the same question stands there again. The one that comes next begins with nothing
    ticked: its answers are not those of the last one.
    """
    return _ticked(code) if code.startswith(ticks.TICK) or following.wrong else 0


async def take_words(message: Message, session: Session, returnee: Returnee) -> None:
    words = await unsaid(session, returnee, as_their_answer(message))
    following = await type_answer(session, returnee, words, message.message_id)
    await _ask_anew(session, returnee, following)


async def take_changed_words(
    message: Message, session: Session, found: bool, returnee: Returnee | None
) -> None:
    """An answer that was put right in its own message. A cry for help is none, here as well."""
    if found or returnee is None:
        return
    words = await unsaid(session, returnee, message.text or "")
    following = await change_typed(session, returnee, words, message.message_id)
    if following is not None:
        await _ask_anew(session, returnee, following)


async def answers_question(
    message: Message, session: Session, found: bool, returnee: Returnee | None
) -> bool:
    """A cry for help is no answer, and has been answered."""
    if found or returnee is None or await answers_words(session, message, returnee):
        return False
    if returnee.typing_for is not None:
        return True
    return message.text is not None and await begun_just_now(session, returnee) is not None


def _said(question: Question, code: str, ticked: int) -> str | None:
    """What was pressed, as the answer is kept. Raises Refused."""
    if code == SKIP:
        return None
    if code.startswith((ticks.TICK, ticks.DONE)):
        return "read" if question.kind is Kind.NOTE else ticks.ticked_names(question, ticked)
    return ticks.chosen_name(question, code)


async def _go_on(
    session: Session, query: CallbackQuery, returnee: Returnee, following: Next, ticked: int = 0
) -> None:
    """One message for the whole check-in: each question takes the last one's place."""
    notice, params = _screen(following, ticked)
    if notice is Notice.CHECK_IN_QUESTION:
        await show(session, returnee, notice, params, edit=message_pressed(query))
    else:
        await tell(session, returnee, notice, params, edit=message_pressed(query))


async def _ask_anew(session: Session, returnee: Returnee, following: Next) -> None:
    """In a message of its own: below what they wrote."""
    await tell(session, returnee, *_screen(following))
    let_go_of_unopened(returnee, following)


def _screen(following: Next, ticked: int = 0) -> tuple[Notice, dict[str, str]]:
    if not following.agreed:
        return Notice.CHECK_IN_STOPPED, {}
    if not following.for_them:
        return Notice.CHECK_IN_NONE, {}
    params = {"check_in": str(following.check_in_id), "question": str(following.place)}
    if following.question is None:
        if following.worrying:
            params["worrying"] = "yes"
        if following.is_information:
            params["read"] = "yes"
        return Notice.CHECK_IN_THANKS, params
    if following.question.kind is Kind.MANY and ticked:
        params["ticked"] = str(ticked)
    if following.wrong:
        params["wrong"] = following.wrong
    return Notice.CHECK_IN_QUESTION, params
