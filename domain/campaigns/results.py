"""What came back, by groups and never by persons, with those who said nothing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select

from domain.actors import Actor
from domain.campaigns.drafting import find_campaign
from domain.campaigns.suppression import SMALLEST, SMALLEST_SENSITIVE, suppress
from domain.campaigns.tally import Tally, tally_of
from domain.check_ins.answers import opened
from domain.consent import last_word
from domain.questionnaires.shelf import newest
from domain.questionnaires.values import Question
from storage.check_ins import Answer, Campaign, CheckIn
from storage.kinds import CheckInState, Purpose
from storage.returnees import DataKey, Returnee
from storage.sessions import Session

# So many are opened within a few hundredths of a second.
_AT_ONCE = 1000


class Reach(StrEnum):
    """How far a check-in came."""

    TO_COME = "to-come"
    ASKED = "asked"
    STARTED = "started"
    ANSWERED = "answered"
    NO_ANSWER = "no-answer"
    FAILED_BY_US = "failed-by-us"
    NOT_ASKED = "not-asked"


_REACH = {
    CheckInState.PLANNED: Reach.TO_COME,
    CheckInState.HELD: Reach.TO_COME,
    CheckInState.SENDING: Reach.TO_COME,
    CheckInState.SENT: Reach.ASKED,
    CheckInState.STARTED: Reach.STARTED,
    CheckInState.ANSWERED: Reach.ANSWERED,
    CheckInState.SILENT: Reach.NO_ANSWER,
    CheckInState.MISSED: Reach.NO_ANSWER,
    CheckInState.FAILED: Reach.FAILED_BY_US,
    CheckInState.MISSED_BY_US: Reach.FAILED_BY_US,
    CheckInState.SKIPPED: Reach.NOT_ASKED,
    CheckInState.CANCELLED: Reach.NOT_ASKED,
}


@dataclass(frozen=True, slots=True)
class QuestionResults:
    question: Question
    #: How many chose each, by the choice's name; how many skipped it, under None. No number
    #: means too few to be shown.
    counts: Mapping[str | None, int | None]


@dataclass(frozen=True, slots=True)
class Results:
    #: Everybody for whom a check-in was planned: the denominator.
    people: int
    #: No number means too few to be shown; nobody at all is 0.
    reach: Mapping[Reach, int | None]
    questions: tuple[QuestionResults, ...]


async def results(session: Session, actor: Actor, campaign_id: UUID) -> Results:
    """As they stand now; of those who are gone, what was counted. Raises NotAllowed and Refused."""
    campaign = await find_campaign(session, actor, campaign_id)
    gone = await tally_of(session, campaign.id)
    reach = await _reach(session, campaign, gone)
    answers = await _answers(session, campaign, gone)
    questionnaire = await newest(session, campaign.organisation_id, campaign.questionnaire)
    return Results(
        reach.total(),
        dict.fromkeys(Reach, 0) | suppress(reach, SMALLEST),
        tuple(_of_question(question, answers) for question in questionnaire.questions),
    )


async def _reach(session: Session, campaign: Campaign, gone: Tally) -> Counter[Reach]:
    states = await session.execute(
        select(CheckIn.state, func.count())
        .where(CheckIn.campaign_id == campaign.id, CheckIn.state != CheckInState.SUPERSEDED)
        .group_by(CheckIn.state)
    )
    reach: Counter[Reach] = Counter()
    for state, count in (*states, *gone.states.items()):
        reach[_REACH[state]] += count
    return reach


async def _answers(
    session: Session, campaign: Campaign, gone: Tally
) -> Counter[tuple[str, str | None]]:
    """Of those who let the team read their answers. Opened as they come, so that a hundred thousand
    of them neither fill the memory nor hold up whatever else this process does.
    """
    sealed = await session.stream(
        select(DataKey.wrapped, Answer.question, Answer.body)
        .select_from(Answer)
        .join(CheckIn, CheckIn.id == Answer.check_in_id)
        .join(Returnee, Returnee.id == Answer.returnee_id)
        .join(DataKey, DataKey.id == Returnee.data_key_id)
        .where(CheckIn.campaign_id == campaign.id, last_word(Purpose.ANSWERS))
    )
    answers: Counter[tuple[str, str | None]] = Counter(gone.answers)
    async for some in sealed.partitions(_AT_ONCE):
        answers.update(
            (question, opened(session.keys.unwrap(wrapped), body))
            for wrapped, question, body in some
        )
    return answers


def _of_question(question: Question, answers: Counter[tuple[str, str | None]]) -> QuestionResults:
    cells: list[str | None] = [*(choice.name for choice in question.choices), None]
    smallest = SMALLEST_SENSITIVE if question.sensitive else SMALLEST
    counts = {cell: answers[question.name, cell] for cell in cells}
    return QuestionResults(question, suppress(counts, smallest))
