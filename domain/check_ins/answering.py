"""Answering a check-in, one button at a time, today or weeks later (P9).

Everything here needs the service's scope and is authorised by the person: somebody else's check-in
is refused like one that never was. Pressing a button twice does what pressing it once does.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from domain.check_ins.answers import answers_of, keep_answer
from domain.check_ins.outcomes import PATIENCE
from domain.check_ins.worries import hear
from domain.consent import has_consent, last_word
from domain.errors import Refused
from domain.questionnaires import shelf
from domain.questionnaires.values import Question, Questionnaire
from storage.check_ins import CheckIn
from storage.kinds import CheckInState, Purpose
from storage.returnees import Returnee
from storage.sessions import Session


@dataclass(frozen=True, slots=True)
class Next:
    """What to show now: a question, or that this was all."""

    check_in_id: UUID
    question: Question | None
    #: False for somebody who took their consent to check-ins back: nothing is asked or kept.
    agreed: bool = True


async def start_answering(session: Session, returnee: Returnee, check_in_id: UUID) -> Next:
    """Now is a good time. Raises Refused."""
    check_in = await own_check_in(session, returnee, check_in_id)
    return await begin(session, check_in)


async def begin(session: Session, check_in: CheckIn) -> Next:
    """The first question that is not answered yet."""
    if not await has_consent(session, check_in.returnee_id, Purpose.CHECK_INS):
        return Next(check_in.id, None, agreed=False)
    answers = await answers_of(session, check_in)
    private = await asks_private(session, check_in.returnee_id)
    questionnaire = await questionnaire_of(session, check_in)
    question = questionnaire.next_question(answers, private=private)
    _advance(session, check_in, question)
    return Next(check_in.id, question)


async def answer(
    session: Session, returnee: Returnee, check_in_id: UUID, question: str, choice: str | None
) -> Next:
    """Keeps a choice, or that the question was skipped (None), in place of an earlier one.

    A worrying choice is heard at once, by people too, even from somebody who no longer wants
    check-ins, or no answer about health and feelings kept. Raises Refused for what is not theirs or
    was never asked, and changes nothing.
    """
    check_in = await own_check_in(session, returnee, check_in_id)
    questionnaire = await questionnaire_of(session, check_in)
    asked = questionnaire.question(question)
    chosen = asked.choice(choice) if choice is not None else None
    answers = await answers_of(session, check_in)
    new = question not in answers or answers[question] != choice
    if new and chosen is not None:
        await hear(session, returnee, check_in, asked, chosen)
    if not await has_consent(session, returnee.id, Purpose.CHECK_INS):
        return Next(check_in.id, None, agreed=False)
    private = await asks_private(session, returnee.id)
    if new and (private or not asked.private):
        await keep_answer(session, check_in, question, choice)
    following = questionnaire.next_question({**answers, question: choice}, private=private)
    _advance(session, check_in, following)
    return Next(check_in.id, following)


async def go_back(session: Session, returnee: Returnee, check_in_id: UUID, question: str) -> Next:
    """The question before that one, to answer it differently. Raises Refused."""
    check_in = await own_check_in(session, returnee, check_in_id)
    answers = await answers_of(session, check_in)
    private = await asks_private(session, returnee.id)
    questionnaire = await questionnaire_of(session, check_in)
    return Next(check_in.id, questionnaire.previous_question(question, answers, private=private))


async def questionnaire_of(session: Session, check_in: CheckIn) -> Questionnaire:
    """As it was when the check-in was planned."""
    return await shelf.edition(session, check_in.organisation_id, check_in.questionnaire)


async def asks_private(session: Session, returnee_id: UUID) -> bool:
    """Whether this person is asked about health and feelings: never on a phone that others read."""
    agreed = await session.execute(
        select(last_word(Purpose.ANSWERS), Returnee.shared_phone).where(Returnee.id == returnee_id)
    )
    granted, shared = agreed.one()
    return granted is True and not shared


async def own_check_in(session: Session, returnee: Returnee, check_in_id: UUID) -> CheckIn:
    """Locked after the person, so that presses come one after the other. Raises Refused."""
    await session.execute(
        select(Returnee.id).where(Returnee.id == returnee.id).with_for_update(key_share=True)
    )
    check_in = await session.scalar(
        select(CheckIn)
        .where(CheckIn.id == check_in_id, CheckIn.returnee_id == returnee.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if check_in is None:
        raise Refused("There is no such check-in.")
    return check_in


def _advance(session: Session, check_in: CheckIn, following: Question | None) -> None:
    """Late answers always count, whatever the check-in was booked as before (P3)."""
    check_in.started_at = check_in.started_at or session.now
    if following is None:
        check_in.state = CheckInState.ANSWERED
        check_in.answered_at = check_in.answered_at or session.now
    elif check_in.state is not CheckInState.ANSWERED:
        check_in.state = CheckInState.STARTED
        # Somebody who opened the questions by themselves owes us no answer.
        check_in.silent_at = session.now + PATIENCE if check_in.sent_at else None
    check_in.reason = None
