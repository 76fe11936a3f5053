"""Counting what came back: once, when it is over. What is kept are figures of groups."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from domain.calendar import instant, zone
from domain.campaigns.planning import end_of, has_ended
from domain.campaigns.schedule import ONCE, Once, asks_until, first_time, schedule_of
from domain.campaigns.tally import hold_tally, tally_of
from domain.figures.publication import publish
from domain.figures.reach import REACH, Reach
from domain.figures.traits import PATIENCE, ByTrait, asked_by, counts_by_trait, of_nobody_known
from storage.kinds import CampaignState, CheckInState
from storage.rows import by_name
from storage.sessions import Session
from storage.tables.campaigns import Campaign, CampaignFigures
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation


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
    asks_no_more = _asks_no_more(campaign, session.now)
    for asking in waiting:
        if asking.counted_from <= session.now and (asks_no_more or asking.step != ONCE):
            await _count(session, campaign, asking)
            return True
    if not waiting and asks_no_more:
        campaign.counted_at = session.now
    return False


async def _uncounted(session: Session, campaign: Campaign) -> list[_Asking]:
    counted = select(CampaignFigures.step).where(CampaignFigures.campaign_id == campaign.id)
    found = await session.execute(
        select(
            CheckIn.step,
            func.max(CheckIn.due_at).label("asked_at"),
            func.max(CheckIn.expires_at).label("ends_at"),
        )
        .where(*what_it_asks(campaign), CheckIn.step.not_in(counted))
        .group_by(CheckIn.step)
        .order_by(func.max(CheckIn.due_at))
    )
    askings = [_Asking(**by_name(row)) for row in found]
    if await _is_to_be_counted_once(session, campaign):
        return [await _by_schedule(session, campaign, askings)]
    return askings


async def _is_to_be_counted_once(session: Session, campaign: Campaign) -> bool:
    if not isinstance(schedule_of(campaign), Once) or campaign.counted_at is not None:
        return False
    return campaign.started_at is not None and not await is_counted(session, campaign)


async def _by_schedule(session: Session, campaign: Campaign, askings: list[_Asking]) -> _Asking:
    """Of one that asks once, though it should ask nobody: check-ins are written down for those
    alone who agreed, and neither the day nor that it is counted tells who did (P5).
    """
    organisation = await session.get_one(Organisation, campaign.organisation_id)
    at = instant(first_time(campaign), zone(organisation.time_zone))
    return _Asking(
        ONCE,
        max((each.asked_at for each in askings), default=at),
        max([end_of(campaign, campaign.local_time), *(each.ends_at for each in askings)]),
    )


def _asks_no_more(campaign: Campaign, now: datetime) -> bool:
    """Nor can anybody be waited for, by its own time."""
    if campaign.state is CampaignState.STOPPED:
        return True
    return campaign.planned_at is not None and has_ended(campaign, now - PATIENCE)


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
