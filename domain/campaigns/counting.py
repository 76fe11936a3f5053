"""Counting what came back: once, when it is over. What is kept are figures of groups."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from sqlalchemy import case, func, or_, select

from domain.campaigns.group import SINCE, Since
from domain.campaigns.publication import Counts, Reach, Trait, publish
from domain.campaigns.schedule import ONCE, asks_until
from domain.campaigns.tally import tally_of
from domain.check_ins.answers import opened
from domain.check_ins.postponing import DECLINED
from domain.consent import last_word
from domain.questionnaires.shelf import newest
from domain.questionnaires.values import Questionnaire
from storage.check_ins import Answer, Campaign, CampaignFigures, CheckIn
from storage.keys import SealError
from storage.kinds import CampaignState, CheckInState, Purpose
from storage.returnees import DataKey, Enrolment, Returnee
from storage.sessions import Session

log = structlog.get_logger()

#: So long after the last could still have been asked, answers come into the figures.
PATIENCE = timedelta(days=7)
# So many are opened within a few hundredths of a second.
_AT_ONCE = 1000

REACH = {
    CheckInState.PLANNED: Reach.FAILED_BY_US,
    CheckInState.HELD: Reach.FAILED_BY_US,
    CheckInState.SENDING: Reach.FAILED_BY_US,
    CheckInState.SENT: Reach.NO_ANSWER,
    CheckInState.STARTED: Reach.STARTED,
    CheckInState.ANSWERED: Reach.ANSWERED,
    CheckInState.SILENT: Reach.NO_ANSWER,
    CheckInState.MISSED: Reach.NO_ANSWER,
    CheckInState.FAILED: Reach.FAILED_BY_US,
    CheckInState.MISSED_BY_US: Reach.FAILED_BY_US,
    CheckInState.SKIPPED: Reach.NOT_ASKED,
    CheckInState.CANCELLED: Reach.NOT_ASKED,
}


class _Asking(NamedTuple):
    """One asking of a campaign: all of its check-ins of one step."""

    step: str
    asked_at: datetime
    ends_at: datetime


async def count_next(session: Session) -> int:
    """The tick: counts one asking that is over. Returns 0 where none is.

    Any number of replicas may call it at once. Needs the service's scope.
    """
    candidates = await session.scalars(
        select(Campaign.id)
        .where(
            Campaign.counted_at.is_(None),
            Campaign.started_at <= session.now - PATIENCE,
        )
        .order_by(Campaign.started_at)
    )
    for campaign_id in candidates.all():
        campaign = await session.scalar(
            select(Campaign)
            .where(Campaign.id == campaign_id, Campaign.counted_at.is_(None))
            .with_for_update(key_share=True, skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if campaign is not None and await _count_one(session, campaign):
            return 1
    return 0


async def _count_one(session: Session, campaign: Campaign) -> bool:
    """Whether there was one to count."""
    waiting = await _uncounted(session, campaign)
    for asking in waiting:
        if max(asking.ends_at, asks_until(asking.step)) + PATIENCE <= session.now:
            await _count(session, campaign, asking)
            return True
    if not waiting and _asks_no_more(campaign):
        campaign.counted_at = session.now
    return False


async def _uncounted(session: Session, campaign: Campaign) -> list[_Asking]:
    counted = select(CampaignFigures.step).where(CampaignFigures.campaign_id == campaign.id)
    found = await session.execute(
        select(CheckIn.step, func.max(CheckIn.due_at), func.max(CheckIn.expires_at))
        .where(CheckIn.campaign_id == campaign.id, CheckIn.step.not_in(counted))
        .group_by(CheckIn.step)
        .order_by(func.max(CheckIn.due_at))
    )
    return [_Asking(*row) for row in found]


def _asks_no_more(campaign: Campaign) -> bool:
    if campaign.state is CampaignState.STOPPED:
        return True
    return campaign.planned_at is not None and campaign.plan_at is None


async def _count(session: Session, campaign: Campaign, asking: _Asking) -> None:
    questionnaire = await newest(session, campaign.organisation_id, campaign.questionnaire)
    counts = await _counts(session, campaign, questionnaire, asking)
    session.add(
        CampaignFigures(
            campaign_id=campaign.id,
            step=asking.step,
            organisation_id=campaign.organisation_id,
            asked_at=asking.asked_at,
            counted_at=session.now,
            figures=publish(counts, questionnaire.counted_questions).to_keep(),
        )
    )
    await session.flush()


_ByTrait = dict[Trait, dict[str | None, Counts]]


async def _counts(
    session: Session, campaign: Campaign, questionnaire: Questionnaire, asking: _Asking
) -> _ByTrait:
    counts: _ByTrait = {trait: defaultdict(Counts) for trait in Trait}
    began = CheckIn.started_at.is_not(None).label("began")
    declined = (CheckIn.reason.is_not_distinct_from(DECLINED)).label("declined")
    each = _people(campaign, asking, CheckIn.state, declined, began).subquery()
    states = await session.execute(select(*each.c, func.count()).group_by(*each.c))
    for *traits, state, was_declined, has_begun, count in states:
        for part in _parts(counts, traits):
            part.reach[reach(state, declined=was_declined, began=has_begun)] += count
    await _add_answers(session, campaign, questionnaire, asking, counts)
    if asking.step == ONCE:
        gone = await tally_of(session, campaign.id)
        for part in _parts(counts, [None] * len(Trait)):
            for state, count in gone.states.items():
                part.reach[REACH[state]] += count
            part.reach[Reach.DECLINED] += gone.declined
            part.answers.update(gone.answers)
    return counts


async def _add_answers(
    session: Session,
    campaign: Campaign,
    questionnaire: Questionnaire,
    asking: _Asking,
    counts: _ByTrait,
) -> None:
    """Of those who let the team read their answers. Opened as they come, so that a hundred thousand
    of them neither fill the memory nor hold up whatever else this process does.
    """
    sealed = await session.stream(
        _people(campaign, asking, DataKey.wrapped, Answer.question, Answer.body)
        .join(Answer, Answer.check_in_id == CheckIn.id)
        .join(DataKey, DataKey.id == Returnee.data_key_id)
        .where(last_word(Purpose.ANSWERS))
    )
    unopened = 0
    async for some in sealed.partitions(_AT_ONCE):
        for *traits, wrapped, question, body in some:
            try:
                choice = opened(session.keys.unwrap(wrapped), body)
            except SealError:
                unopened += 1
                continue
            for part in _parts(counts, traits):
                part.answers.update(
                    (question, group) for group in questionnaire.counted(question, choice)
                )
    if unopened:
        log.error("answers went uncounted", action="figures.unopened", number=unopened)


def reach(state: CheckInState, *, declined: bool, began: bool) -> Reach:
    """Whoever began has taken part, whatever the check-in was booked as since."""
    if began and state is not CheckInState.ANSWERED:
        return Reach.STARTED
    return Reach.DECLINED if declined else REACH[state]


def _parts(counts: _ByTrait, traits: list[str | None]) -> Iterator[Counts]:
    for trait, value in zip(Trait, traits, strict=True):
        yield counts[trait][value]


def _people(campaign: Campaign, asking: _Asking, *columns: Any) -> Any:
    return (
        select(*_traits(), *columns)
        .select_from(CheckIn)
        .join(Returnee, Returnee.id == CheckIn.returnee_id)
        .where(
            CheckIn.campaign_id == campaign.id,
            CheckIn.step == asking.step,
            CheckIn.state != CheckInState.SUPERSEDED,
        )
    )


def _traits() -> tuple[Any, ...]:
    """The columns of the traits, in their order."""
    enrolled = (
        select(func.min(Enrolment.from_at))
        .where(
            Enrolment.returnee_id == CheckIn.returnee_id,
            Enrolment.organisation_id == CheckIn.organisation_id,
        )
        .correlate(CheckIn)
        .scalar_subquery()
    )
    since = CheckIn.due_at - func.coalesce(Returnee.arrived_at, enrolled)
    spans = [(since < timedelta(days=days), name) for name, days in SINCE.items()]
    known = or_(Returnee.arrived_at.is_not(None), enrolled.is_not(None))
    return (
        Returnee.country.label("country"),
        Returnee.language.label("language"),
        case(*spans, (known, Since.LATER)).label("since"),
    )
