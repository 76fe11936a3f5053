"""Counting what came back: once, when it is over. What is kept are figures of groups."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from domain.campaigns.schedule import ONCE, asks_until
from domain.campaigns.tally import hold_tally, tally_of
from domain.figures.publication import Reach, publish
from domain.figures.traits import (
    PATIENCE,
    REACH,
    ByTrait,
    asked_by,
    counts_by_trait,
    of_nobody_known,
)
from storage.kinds import CampaignState, CheckInState
from storage.sessions import Session
from storage.tables.campaigns import Campaign, CampaignFigures
from storage.tables.check_ins import CheckIn


class _Asking(NamedTuple):
    """One asking of a campaign: all of its check-ins of one step."""

    step: str
    asked_at: datetime
    ends_at: datetime

    @property
    def counted_from(self) -> datetime:
        """Once nothing of it can come any more, nor is still waited for."""
        return max(self.ends_at, asks_until(self.step)) + PATIENCE


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


async def next_count_at(session: Session, campaign: Campaign) -> datetime | None:
    """When its next asking is counted, as things stand; None where none waits for that."""
    waiting = await _uncounted(session, campaign)
    return min((asking.counted_from for asking in waiting), default=None)


async def is_counted(session: Session, campaign: Campaign) -> bool:
    """Whether it asked once and has its results: what it asked from now on would be in none."""
    return await session.get(CampaignFigures, (campaign.id, ONCE)) is not None


def what_it_asks(campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    """Its check-ins, but for those that a change took back: nobody was asked them, nor will be."""
    return (CheckIn.campaign_id == campaign.id, CheckIn.state != CheckInState.SUPERSEDED)


async def _count_one(session: Session, campaign: Campaign) -> bool:
    """Whether there was one to count."""
    waiting = await _uncounted(session, campaign)
    for asking in waiting:
        if asking.counted_from <= session.now:
            await _count(session, campaign, asking)
            return True
    if not waiting and _asks_no_more(campaign):
        campaign.counted_at = session.now
    return False


async def _uncounted(session: Session, campaign: Campaign) -> list[_Asking]:
    counted = select(CampaignFigures.step).where(CampaignFigures.campaign_id == campaign.id)
    found = await session.execute(
        select(CheckIn.step, func.max(CheckIn.due_at), func.max(CheckIn.expires_at))
        .where(*what_it_asks(campaign), CheckIn.step.not_in(counted))
        .group_by(CheckIn.step)
        .order_by(func.max(CheckIn.due_at))
    )
    return [_Asking(*row) for row in found]


def _asks_no_more(campaign: Campaign) -> bool:
    if campaign.state is CampaignState.STOPPED:
        return True
    return campaign.planned_at is not None and campaign.plan_at is None


async def _count(session: Session, campaign: Campaign, asking: _Asking) -> None:
    which = (*what_it_asks(campaign), CheckIn.step == asking.step)
    questionnaire = await asked_by(
        session, campaign.organisation_id, campaign.questionnaire, *which
    )
    await hold_tally(session, campaign.id)
    counts = await counts_by_trait(session, questionnaire, *which)
    if asking.step == ONCE:
        await _add_those_gone(session, campaign, questionnaire.edition, counts)
    session.add(
        CampaignFigures(
            campaign_id=campaign.id,
            step=asking.step,
            organisation_id=campaign.organisation_id,
            asked_at=asking.asked_at,
            counted_at=session.now,
            figures=publish(
                counts, questionnaire.counted_questions, questionnaire.edition
            ).to_keep(),
        )
    )
    await session.flush()


async def _add_those_gone(
    session: Session, campaign: Campaign, edition: str, counts: ByTrait
) -> None:
    gone = await tally_of(session, campaign.id)
    for part in of_nobody_known(counts):
        for state, count in gone.states.items():
            part.reach[REACH[state]] += count
        part.reach[Reach.DECLINED] += gone.declined
        part.answers.update(gone.answers_to(edition))
