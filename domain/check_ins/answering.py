"""Answering a check-in, one button at a time, today or weeks later (P9).

Everything here needs the service's scope and is authorised by the person: somebody else's check-in
is refused like one that never was. Pressing a button twice does what pressing it once does.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from domain.calendar import local_day
from domain.check_ins.answers import (
    Typed,
    answered_by,
    answers_of,
    drop_answers,
    keep_answer,
)
from domain.check_ins.calling import tell_of_answer
from domain.check_ins.danger import leads_into_danger
from domain.check_ins.long_answers import begun_just_now
from domain.check_ins.outcomes import PATIENCE
from domain.check_ins.private import asks_private
from domain.check_ins.turns import Said, Turn
from domain.check_ins.worries import hear, hear_ticks, news
from domain.children.deciding import protecting
from domain.children.known import is_child
from domain.consent import has_consent
from domain.errors import Refused
from domain.illegible import if_legible
from domain.questionnaires import shelf
from domain.questionnaires.correcting import ask_corrected
from domain.questionnaires.filling import Filling
from domain.questionnaires.typed import Wrong, read
from domain.questionnaires.values import Question, Questionnaire
from domain.returnees.person import lock_person
from domain.returnees.phone import discretion_now
from domain.safety.screens import lies_open
from storage.kinds import CheckInState, Discretion, OfANewerRelease, Purpose
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee


@dataclass(frozen=True, slots=True)
class Next:
    """What to show now: a question, or that this was all."""

    check_in_id: UUID
    question: Question | None
    #: By which a button, or a page that is opened later, finds the question again; at the end it is
    #: that of the last one, which can still be answered differently.
    place: int = 0
    #: False for somebody who took their consent to check-ins back: nothing is asked or kept.
    agreed: bool = True
    #: False where none of it is for them, and nothing is asked or kept either.
    for_them: bool = True
    #: Why what was answered to it is not taken.
    wrong: Wrong | None = None
    #: At the end: something was said that a person of the team could help with.
    worrying: bool = False
    #: It was only to be read.
    is_information: bool = False


async def start_answering(session: Session, returnee: Returnee, check_in_id: UUID) -> Next:
    """Now is a good time. Raises Refused."""
    check_in = await own_check_in(session, returnee, check_in_id)
    return await begin(session, returnee, check_in)


async def begin(session: Session, returnee: Returnee, check_in: CheckIn) -> Next:
    """The first question that is not answered yet."""
    await ask_corrected(session, [check_in])
    filling = await filling_of(session, returnee, check_in)
    refused = await _refused(session, returnee, check_in, filling)
    if refused is None and not filling.questionnaire.speaks(returnee.language):
        refused = Next(check_in.id, None, for_them=False)
    if refused is not None:
        return refused
    await hear_ticks(session, returnee, check_in, filling)
    return _advance(session, returnee, check_in, filling)


async def answer(
    session: Session, returnee: Returnee, check_in_id: UUID, question: str, choice: str | None
) -> Next:
    """Keeps an answer, in place of an earlier one, or that the question was skipped (None). Whoever
    came back to one that is answered only goes on with that, and their answer stays.

    A worrying answer is heard at once, by people too, even from somebody who no longer wants
    check-ins, or no answer about health and feelings kept. Raises Refused for what is not theirs or
    was never asked, and changes nothing.
    """
    check_in = await own_check_in(session, returnee, check_in_id)
    return await _take(session, returnee, check_in, Said(question, choice))


async def choose(
    session: Session,
    returnee: Returnee,
    check_in_id: UUID,
    question: str,
    choices: str | None,
    *,
    first: bool,
) -> Next:
    """Keeps what is ticked so far, and stays with the question. `first` where no tick was to be
    seen before this one: it is said anew, whatever was ticked there once. Raises Refused.
    """
    check_in = await own_check_in(session, returnee, check_in_id)
    said = Said(question, choices, goes_on=False, first=first)
    return await _take(session, returnee, check_in, said)


async def type_answer(session: Session, returnee: Returnee, words: str, number: int) -> Next:
    """What somebody wrote when a question was the last thing said to them, or the rest of what they
    wrote to the one before; in the message of that number. Raises Refused.
    """
    begun = await begun_just_now(session, returnee)
    if begun is not None:
        return await _add_rest(session, returnee, begun, words, number)
    if returnee.typing_for is None:
        raise Refused("I am sorry: these questions are not here any more.")
    check_in = await own_check_in(session, returnee, returnee.typing_for)
    questionnaire = await questionnaire_of(session, check_in)
    asked = questionnaire.question(check_in.asked or "")
    if not asked.kind.is_typed:
        raise Refused("This question has no such answer.")
    said = read(asked, words)
    if isinstance(said, Wrong):
        return _show(returnee, check_in, questionnaire, asked, said)
    in_words = Said.in_words(asked.name, {number: said})
    return await _take(session, returnee, check_in, in_words)


async def change_typed(
    session: Session, returnee: Returnee, words: str, number: int
) -> Next | None:
    """The message of that number says something else now. None where that leads to nothing new: it
    answered no question, or what was asked last stays as it is.
    """
    answered = await answered_by(session, returnee.id, number)
    if answered is None:
        return None
    check_in = await own_check_in(session, returnee, answered.check_in_id)
    questionnaire = await questionnaire_of(session, check_in)
    question, waits = questionnaire.question(answered.question), returnee.typing_for
    asked_last = check_in.asked
    said = read(question, words)
    if isinstance(said, Wrong):
        return _show(returnee, check_in, questionnaire, question, said)
    in_words = Said.in_words(question.name, answered.with_part(number, said))
    following = await _take(session, returnee, check_in, in_words)
    if following.wrong is None and check_in.asked == asked_last:
        returnee.typing_for = waits
        return None
    return following


async def _add_rest(
    session: Session, returnee: Returnee, begun: Typed, words: str, number: int
) -> Next:
    """To what they typed a moment ago; what was asked next is asked again below it."""
    check_in = await own_check_in(session, returnee, begun.check_in_id)
    in_words = Said.in_words(begun.question, begun.with_part(number, words.strip()))
    return await _take(session, returnee, check_in, in_words)


async def go_back(session: Session, returnee: Returnee, check_in_id: UUID, question: str) -> Next:
    """The question before that one, to answer it differently. Raises Refused."""
    check_in = await own_check_in(session, returnee, check_in_id)
    filling = await filling_of(session, returnee, check_in)
    asked = filling.questionnaire.question(question)
    before = filling.question_before(asked.name)
    return await _show_again(session, returnee, check_in, filling, before)


async def ask_again(session: Session, returnee: Returnee, check_in_id: UUID, question: str) -> Next:
    """A question that was shown before is on the screen again; where it is about health or feelings
    and they are asked that no more, the last one that they are asked. Raises Refused.
    """
    check_in = await own_check_in(session, returnee, check_in_id)
    filling = await filling_of(session, returnee, check_in)
    asked = filling.questionnaire.question(question)
    if asked.private and not filling.private:
        asked = filling.question_before(asked.name)
    return await _show_again(session, returnee, check_in, filling, asked)


async def let_go_of_covered(session: Session, returnee: Returnee) -> None:
    """Words answer no question that lies covered by now: whoever writes does not see it, and means
    something else. Once it is opened, they may (decision 0075).
    """
    if returnee.typing_for is not None and not await lies_open(session, returnee):
        returnee.typing_for = None


def let_go_of_unopened(returnee: Returnee, following: Next) -> None:
    """The same of a question that comes in a message of its own: on a phone that others read that
    lies covered. One that is asked again, since its answer is not taken, stands open above it.
    """
    if following.wrong is None and discretion_now(returnee) is not Discretion.OPEN:
        returnee.typing_for = None


async def filling_of(session: Session, returnee: Returnee, check_in: CheckIn) -> Filling:
    """What they answered so far; with the private questions only if they are asked those."""
    return Filling(
        await questionnaire_of(session, check_in),
        await answers_of(session, check_in),
        private=await asks_private(session, returnee.id),
        today=_today(session, returnee),
    )


async def question_of(
    session: Session, returnee: Returnee, check_in_id: UUID, question: str
) -> Question:
    """By its name or place. Raises Refused for one that is not theirs."""
    check_in = await own_check_in(session, returnee, check_in_id)
    return (await questionnaire_of(session, check_in)).question(question)


async def _take(session: Session, returnee: Returnee, check_in: CheckIn, said: Said) -> Next:
    """What worries is heard first, also from somebody of whom nothing is kept."""
    questionnaire = await questionnaire_of(session, check_in)
    turn = Turn(
        questionnaire,
        await answers_of(session, check_in),
        said,
        asks_private=await asks_private(session, returnee.id),
        today=_today(session, returnee),
    )
    if not turn.fits:
        return _show(returnee, check_in, questionnaire, turn.question, Wrong.CONSTRAINT)
    worries = await news(session, returnee, check_in, turn)
    for worry in worries:
        await hear(session, returnee, check_in, worry)
    refused = await _refused(session, returnee, check_in, turn.following)
    if refused is not None:
        return refused
    await tell_of_answer(session, returnee)
    if turn.may_be_kept and (turn.changes or worries):
        await keep_answer(session, check_in, turn.question.name, said.choice, said.parts)
    if not said.goes_on:
        return Next(check_in.id, turn.question, questionnaire.place(turn.question))
    if turn.may_be_kept:
        await drop_answers(session, check_in, turn.taken_back)
    return _advance(session, returnee, check_in, turn.following)


async def _show_again(
    session: Session,
    returnee: Returnee,
    check_in: CheckIn,
    filling: Filling,
    question: Question,
) -> Next:
    refused = await _refused(session, returnee, check_in, filling)
    if refused is not None:
        return refused
    if question.name != check_in.asked:
        await hear_ticks(session, returnee, check_in, filling)
    return _show(returnee, check_in, filling.questionnaire, question)


def _show(
    returnee: Returnee,
    check_in: CheckIn,
    questionnaire: Questionnaire,
    question: Question,
    wrong: Wrong | None = None,
) -> Next:
    _await_words(returnee, check_in, question)
    return Next(check_in.id, question, questionnaire.place(question), wrong=wrong)


async def _refused(
    session: Session, returnee: Returnee, check_in: CheckIn, filling: Filling
) -> Next | None:
    """What takes the place of a question for whoever may not be asked it, however old the button
    is; None for all others.
    """
    if not await has_consent(session, returnee.id, Purpose.CHECK_INS):
        return Next(check_in.id, None, agreed=False)
    questionnaire, child = filling.questionnaire, is_child(returnee)
    for_them = questionnaire.has_something_for(private=filling.private)
    if child and (questionnaire.adults_only or not await _is_protected(session, check_in)):
        for_them = False
    # They may have said so since it was sent.
    if await if_legible(leads_into_danger(session, returnee.id, questionnaire)):
        for_them = False
    return None if for_them else Next(check_in.id, None, for_them=False)


async def _is_protected(session: Session, check_in: CheckIn) -> bool:
    return check_in.organisation_id in await protecting(session, check_in.returnee_id)


def _today(session: Session, returnee: Returnee) -> date:
    return local_day(session.now, returnee.time_zone)


async def questionnaire_of(session: Session, check_in: CheckIn) -> Questionnaire:
    """As it was when they began it, or else when it was planned. Every version is kept, so what is
    not there is of a newer release. That one must hear what is answered, which may be that somebody
    is in danger.
    """
    of = check_in.organisation_id, check_in.questionnaire
    found = await shelf.editions(session, [of])
    if not found:
        raise OfANewerRelease(check_in.questionnaire)
    return found[of]


async def own_check_in(session: Session, returnee: Returnee, check_in_id: UUID) -> CheckIn:
    """Locked after the person, so that presses come one after the other. Raises Refused."""
    await lock_person(session, returnee.id)
    check_in = await session.scalar(
        select(CheckIn)
        .where(CheckIn.id == check_in_id, CheckIn.returnee_id == returnee.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if check_in is None:
        raise Refused("I am sorry: these questions are not here any more.")
    return check_in


def _advance(session: Session, returnee: Returnee, check_in: CheckIn, filling: Filling) -> Next:
    """Late answers always count, whatever the check-in was booked as before (P3)."""
    following = filling.next_question
    check_in.started_at = check_in.started_at or session.now
    if following is None or filling.questionnaire.is_information:
        # What is only to be read counts as read once it is opened.
        check_in.state = CheckInState.ANSWERED
        check_in.answered_at = check_in.answered_at or session.now
    elif check_in.state is not CheckInState.ANSWERED:
        check_in.state = CheckInState.STARTED
        check_in.silent_at = session.now + PATIENCE
    check_in.reason = None
    # They may have changed their language since they were asked.
    speaks = following is None or filling.questionnaire.speaks(returnee.language)
    _await_words(returnee, check_in, following if speaks else None)
    if not filling.relevant or not speaks:
        # The form's conditions left nothing of it, or it says the rest in no words of theirs.
        return Next(check_in.id, None, for_them=False)
    place = filling.questionnaire.place(following or filling.relevant[-1])
    worrying = following is None and bool(filling.worries())
    read = filling.questionnaire.is_information
    return Next(check_in.id, following, place, worrying=worrying, is_information=read)


def _await_words(returnee: Returnee, check_in: CheckIn, shown: Question | None) -> None:
    check_in.asked = shown.name if shown else None
    returnee.typing_for = check_in.id if shown and shown.kind.is_typed else None
