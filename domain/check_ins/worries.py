"""What is done at once when an answer is worrying. An answer that is not changes nothing (P13)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from domain.cases.finding import newest_case
from domain.check_ins.answers import answered_at
from domain.check_ins.turns import Turn
from domain.consent import has_consent
from domain.consent.reading import may_read
from domain.crisis.answering import answer_signal, ask_for_human
from domain.distress.assessment import Assessment
from domain.questionnaires.filling import Filling, Worry
from domain.questionnaires.values import Question
from domain.returnees.enrolments import current_enrolment, organisation_of
from domain.safety.rejudging import count_as_written
from domain.signals.opening import open_or_append
from domain.workers import has_workers
from storage.kinds import CheckInState, Purpose, Severity
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee

# Whoever gives the same answer again so soon presses twice, or on two phones.
_DOUBLE_PRESS = timedelta(minutes=5)


async def news(session: Session, returnee: Returnee, check_in: CheckIn, turn: Turn) -> list[Worry]:
    """What worries now that this question is answered, and was not said before; what this answer
    itself says is news once more where it is said anew, and not only repeated by a press that means
    something else.
    """
    question, asked = turn.question, turn.asks_private
    ticking = ticked_on_screen(check_in, turn.before)
    known = turn.before.worries(asks_private=asked, ticking=ticking)
    said_before = [worry for worry in known if worry.is_said_by(question)]
    may_be_anew = said_before and not turn.repeats
    if may_be_anew and await _is_said_anew(session, returnee, check_in, question):
        known = [worry for worry in known if worry not in said_before]
    still = None if turn.said.goes_on else ticking
    said_now = turn.after.worries(asks_private=asked, ticking=still)
    return [worry for worry in said_now if worry not in known]


def ticked_on_screen(check_in: CheckIn, filling: Filling) -> str | None:
    """The question whose ticks are kept one by one, and may not be all yet."""
    ended = check_in.state is CheckInState.ANSWERED
    return check_in.asked if not ended and filling.may_be_ticked_on(check_in.asked) else None


async def hear_ticks(
    session: Session, returnee: Returnee, check_in: CheckIn, filling: Filling
) -> None:
    """Something else is shown: what was ticked until now is all that was meant."""
    for worry in _of_ticks(check_in, filling):
        await hear(session, returnee, check_in, worry)


async def hear_left_ticks(
    session: Session, returnee: Returnee, check_in: CheckIn, filling: Filling
) -> None:
    """The same of whoever went away instead. They said nothing just now, so that only their team is
    called, and nothing goes to the phone (P4).
    """
    for worry in _of_ticks(check_in, filling):
        severity = Severity.URGENT if worry.wants_human else worry.severity
        if await _may_call(session, returnee, severity):
            organisation_id = await _who_answers(session, returnee, check_in)
            reasons = (worry.reason,)
            await open_or_append(
                *(session, returnee, organisation_id, severity, reasons),
                by_others=True,
                unasked=True,
            )
    if ticked_on_screen(check_in, filling) is not None:
        check_in.asked = None


def _of_ticks(check_in: CheckIn, filling: Filling) -> list[Worry]:
    ticking, asks_private = ticked_on_screen(check_in, filling), filling.private
    whole = filling.in_whole()
    known = whole.worries(asks_private=asks_private, ticking=ticking)
    return [each for each in whole.worries(asks_private=asks_private) if each not in known]


async def hear(session: Session, returnee: Returnee, check_in: CheckIn, worry: Worry) -> None:
    """Danger goes the way of any cry for help; a need goes to a case without a word."""
    reasons = (worry.reason,)
    if worry.wants_human:
        await ask_for_human(session, returnee, reasons=reasons)
    elif worry.severity.rank >= Severity.URGENT.rank:
        organisation_id = await _who_answers(session, returnee, check_in)
        # An answer within minutes is promised to them, so it may come.
        count_as_written(session, returnee)
        heard = Assessment(worry.severity, ask=False, reasons=reasons)
        await answer_signal(session, returnee, organisation_id, heard)
    elif await _staff_may_know(session, returnee):
        organisation_id = await _who_answers(session, returnee, check_in)
        await open_or_append(session, returnee, organisation_id, worry.severity, reasons)


async def _is_said_anew(
    session: Session, returnee: Returnee, check_in: CheckIn, question: Question
) -> bool:
    """The answer that is kept to it was given a while ago, or whoever came because of it has closed
    the case since: then the same words are a new cry (P1).
    """
    given_at = await answered_at(session, check_in, question.name)
    if given_at is None:
        return False
    if session.asked_at - given_at > _DOUBLE_PRESS:
        return True
    case = await newest_case(session, returnee)
    if case is None or case.resolved_at is None:
        return False
    return given_at <= case.resolved_at <= session.asked_at


async def _who_answers(session: Session, returnee: Returnee, check_in: CheckIn) -> UUID:
    """Whoever asked, while they accompany the person: one that handed them over is past (P10).
    Where nobody works on cases there any more, and somebody does with whoever answers for the
    person, those hear it (P1).
    """
    asks = await current_enrolment(session, returnee.id, check_in.organisation_id)
    answers = await organisation_of(session, returnee)
    if asks is None:
        return answers
    if await _is_staffed(session, asks.organisation_id, returnee):
        return asks.organisation_id
    return answers if await _is_staffed(session, answers, returnee) else asks.organisation_id


async def _is_staffed(session: Session, organisation_id: UUID, returnee: Returnee) -> bool:
    return bool(await session.scalar(select(has_workers(organisation_id, returnee.id))))


async def _may_call(session: Session, returnee: Returnee, severity: Severity) -> bool:
    """As for a cry, where nobody can be asked whether somebody should come."""
    if severity is Severity.CONCERN:
        return await _staff_may_know(session, returnee)
    return severity is Severity.EMERGENCY or await may_read(session, returnee)


async def _staff_may_know(session: Session, returnee: Returnee) -> bool:
    return await has_consent(session, returnee.id, Purpose.ANSWERS) and await has_consent(
        session, returnee.id, Purpose.CASEWORKER
    )
