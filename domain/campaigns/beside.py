"""What else asks the same people within the hour, so that one of the two will wait."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import dropwhile, takewhile

from sqlalchemy import ColumnElement, DateTime, cast, func, literal, select

from domain.campaigns.placing import occasion_of
from domain.campaigns.schedule import After, Every, first_time, schedule_of
from domain.check_ins.spacing import APART
from domain.pathways.values import Anchor
from storage.batches import at_most
from storage.kinds import TO_COME, CampaignState
from storage.sessions import Session
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Enrolment, Returnee

_GOES_ON = (CampaignState.RUNNING, CampaignState.PAUSED)
# As far as the preview's calendar looks.
_AHEAD = timedelta(weeks=6)


async def anything_beside(session: Session, campaign: Campaign) -> bool:
    """Whether it needs to be looked for person by person."""
    found = select(CheckIn.id).where(*_planned_otherwise(campaign))
    return await session.scalar(found.limit(at_most(1))) is not None


def is_beside(campaign: Campaign) -> ColumnElement[bool]:
    """Whether something else is planned for somebody within an hour of the campaign's own time."""
    due_at = func.timezone(Returnee.time_zone, _wall_time(campaign))
    return (
        select(CheckIn.id)
        .where(
            *_planned_otherwise(campaign),
            CheckIn.returnee_id == Enrolment.returnee_id,
            CheckIn.due_at > due_at - APART,
            CheckIn.due_at < due_at + APART,
        )
        .correlate(Enrolment, Returnee)
        .exists()
    )


async def that_come_again(session: Session, campaign: Campaign) -> Sequence[str]:
    """The names of others whose times are not planned yet and may fall into the same hour."""
    others = await session.scalars(
        select(Campaign)
        .where(
            Campaign.organisation_id == campaign.organisation_id,
            Campaign.id != campaign.id,
            Campaign.state.in_(_GOES_ON),
            Campaign.schedule.is_not(None),
        )
        .order_by(Campaign.name)
    )
    return [other.name for other in others if _may_meet(campaign, other, session.now)]


def _planned_otherwise(campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    return (
        CheckIn.organisation_id == campaign.organisation_id,
        CheckIn.campaign_id.is_distinct_from(campaign.id),
        CheckIn.state.in_(TO_COME),
    )


def _wall_time(campaign: Campaign) -> ColumnElement[datetime]:
    """Of each person's check-in, on their own clock."""
    schedule = schedule_of(campaign)
    if not isinstance(schedule, After):
        return literal(occasion_of(campaign), DateTime())
    arrived_on = cast(func.timezone(Returnee.time_zone, Returnee.arrived_at), DateTime())
    anchor = arrived_on if schedule.of is Anchor.ARRIVAL else Returnee.departs_on
    day = func.date_trunc("day", cast(anchor, DateTime()))
    at = first_time(campaign).time()
    return day + timedelta(days=schedule.days, hours=at.hour, minutes=at.minute)


def _may_meet(one: Campaign, other: Campaign, now: datetime) -> bool:
    """Whose days hang on each person's meet others of that time of day now and then. Clocks are not
    looked at: a person has one.
    """
    if isinstance(schedule_of(one), After) or isinstance(schedule_of(other), After):
        return _apart(first_time(one).time(), first_time(other).time()) < APART
    begins = max(first_time(one), now.replace(tzinfo=None)) - timedelta(days=1)
    theirs = list(_times(other, begins))
    return any(abs(mine - each) < APART for mine in _times(one, begins) for each in theirs)


def _times(campaign: Campaign, begins: datetime) -> Iterator[datetime]:
    """Those of the weeks from then on."""
    schedule = schedule_of(campaign)
    first = first_time(campaign)
    times = schedule.occasions(first) if isinstance(schedule, Every) else iter([first])
    to_come = dropwhile(lambda each: each < begins, times)
    return takewhile(lambda each: each < begins + _AHEAD, to_come)


def _apart(one: time, other: time) -> timedelta:
    """On a clock, where midnight lies between eleven and one."""
    minutes = abs(one.hour * 60 + one.minute - other.hour * 60 - other.minute)
    return timedelta(minutes=min(minutes, 24 * 60 - minutes))
