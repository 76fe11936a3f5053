"""Who gets a campaign's check-in, and when: each person by the clock where they are.

A campaign is planned so many people at a time: the first of them when it starts, the rest by a
tick. Each batch is a transaction that also notes how far it came: whatever dies, the next tick
goes on from there, and nobody is planned twice. What comes again is planned a day ahead, each time
anew for those who belong to it by then.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from domain.campaigns.facts import Candidate, people_of, with_organisation
from domain.campaigns.placing import Times, asked_in, occasion_of, places
from domain.campaigns.schedule import (
    After,
    Every,
    Once,
    first_time,
    schedule_of,
    step_of,
)
from domain.check_ins.eligibility import Exclusion
from domain.one_by_one import if_possible
from domain.pathways.values import Anchor
from storage.batches import at_most
from storage.kinds import CampaignState, CheckInState
from storage.sessions import Session
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Enrolment, Returnee

# People at a time: a fraction of a second, and a megabyte.
BATCH = 1000
#: An occasion is planned so long before the first person, wherever on earth, is asked.
LEAD = timedelta(days=1)
# How often the tick looks whose day has come, of campaigns that count from each person's own day.
_SWEEP = timedelta(hours=1)
# No clock on earth differs more from UTC, either way.
_FURTHEST = timedelta(hours=14)

# Who is to get it: what keeps somebody out of reach today is looked at again when the time comes.
_PLANNED = (None, Exclusion.FROZEN, Exclusion.BLOCKED, Exclusion.PAUSED)
# People whom the campaign is for and who will miss it get a row that says why; others get no row.
_MISSES_IT = (Exclusion.TOO_LATE, Exclusion.NO_TEXT)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many people have been looked at, of all that there are to look at."""

    done: int
    people: int


async def plan_next(session: Session) -> int:
    """The tick: writes down the check-ins of the next people of a campaign that was started.

    Returns 0 once there is nothing to plan; one that can't be planned keeps none of the others
    waiting, and is tried again with the next tick. Any number of replicas may call it at once; each
    campaign is planned by one of them. Needs the service's scope.
    """
    looked_at: list[UUID] = []
    while (campaign := await _to_plan(session, *looked_at)) is not None:
        looked_at.append(campaign.id)
        async with if_possible(session, "campaigns.failed"):
            await plan_some(session, campaign)
            return 1
    return 0


async def begin_planning(session: Session, campaign: Campaign) -> None:
    """Of a campaign that has just been started, and is locked."""
    if not isinstance(schedule_of(campaign), Once):
        # An older replica, which knows no such campaigns, has nothing to do.
        campaign.planned_at = campaign.plan_at = session.now
        _come_to(campaign, campaign.local_time, session.now)
    if campaign.plan_at is None or campaign.plan_at <= session.now:
        await plan_some(session, campaign)


async def plan_some(session: Session, campaign: Campaign) -> None:
    """The next people of a campaign that was started, which is locked."""
    people = await people_of(
        session,
        campaign,
        *_whose_turn_it_is(campaign, session.now),
        after=campaign.planned_to or "",
        most=BATCH,
    )
    await _write_down(session, campaign, people)
    if len(people) == BATCH:
        campaign.planned_to = people[-1].pseudonym
    else:
        _end_round(campaign, session.now)


def plan_anew(campaign: Campaign, now: datetime, *, after: datetime | None) -> None:
    """A new version of one that was started, for whoever has none yet: of several occasions, those
    after that time.
    """
    if campaign.planned_at is not None:
        # Whose time was over before this was not missed; whom an unfinished planning never came to
        # was, all the same (P3).
        campaign.settles_at = max(campaign.settles_at or now, now)
    campaign.planned_to = campaign.counted_at = None
    schedule = schedule_of(campaign)
    if isinstance(schedule, Once):
        campaign.planned_at = None
    elif isinstance(schedule, After):
        campaign.plan_at = now
    else:
        campaign.occasion = after.isoformat(timespec="minutes") if after else None
        _come_to(campaign, _next_occasion(campaign, schedule, now), now)


def leave_out_what_passed(campaign: Campaign, now: datetime) -> None:
    """After a rest: it goes on with the first occasion that is still to come."""
    schedule = schedule_of(campaign)
    if campaign.plan_at is None or not isinstance(schedule, Every) or campaign.occasion is None:
        return
    if end_of(campaign, campaign.occasion) <= now:
        campaign.planned_to = None
        _come_to(campaign, _next_occasion(campaign, schedule, now), now)


def _end_round(campaign: Campaign, now: datetime) -> None:
    """How far it got is somebody's pseudonym, which is not to outlast them (P6)."""
    campaign.planned_to = None
    schedule = schedule_of(campaign)
    if isinstance(schedule, Once):
        campaign.planned_at = now
    elif isinstance(schedule, Every):
        _come_to(campaign, _next_occasion(campaign, schedule), now)
    else:
        campaign.plan_at = now + _SWEEP


def _come_to(campaign: Campaign, occasion: str | None, now: datetime) -> None:
    """The occasion that is planned next; None where that was the last."""
    if occasion is None:
        campaign.plan_at = None
    elif isinstance(schedule_of(campaign), Every):
        campaign.occasion = occasion
        first_anywhere = datetime.fromisoformat(occasion).replace(tzinfo=UTC) - _FURTHEST
        campaign.plan_at = max(first_anywhere - LEAD, now)


def _next_occasion(
    campaign: Campaign, schedule: Every, still_at: datetime | None = None
) -> str | None:
    """After the one that was planned last, and not over everywhere at that instant."""
    for occasion in schedule.occasions(first_time(campaign)):
        written = occasion.isoformat(timespec="minutes")
        if written <= (campaign.occasion or ""):
            continue
        if still_at is None or end_of(campaign, written) > still_at:
            return written
    return None


def end_of(campaign: Campaign, occasion: str) -> datetime:
    """When it is too late to ask on that occasion, wherever on earth somebody is."""
    last_anywhere = datetime.fromisoformat(occasion).replace(tzinfo=UTC) + _FURTHEST
    return last_anywhere + timedelta(hours=campaign.max_lateness_hours)


def has_ended(campaign: Campaign, now: datetime) -> bool:
    """Of one that was started: whoever was not asked by then is asked no more."""
    last = campaign.occasion or campaign.local_time
    return campaign.plan_at is None and end_of(campaign, last) <= now


def _whose_turn_it_is(campaign: Campaign, now: datetime) -> list[ColumnElement[bool]]:
    schedule = schedule_of(campaign)
    turn: list[ColumnElement[bool]] = []
    if isinstance(schedule, After):
        # Generously, since a day begins elsewhere at another time.
        around = timedelta(days=2)
        lateness = timedelta(hours=campaign.max_lateness_hours)
        looked_at = min(campaign.plan_at or now, now)
        days = timedelta(days=schedule.days)
        first, last = looked_at - days - lateness - around, now - days + LEAD + around
        turn += (
            [Returnee.arrived_at >= first, Returnee.arrived_at <= last]
            if schedule.of is Anchor.ARRIVAL
            else [Returnee.departs_on >= first.date(), Returnee.departs_on <= last.date()]
        )
    if isinstance(schedule, After) or campaign.version > 1:
        turn.append(~_has_one(campaign))
    return turn


def _has_one(campaign: Campaign) -> ColumnElement[bool]:
    """Of whichever version: nobody is asked twice because a campaign was changed (P12)."""
    same_step = (
        CheckIn.step == step_of(campaign, occasion_of(campaign))
        if not isinstance(schedule_of(campaign), After)
        else CheckIn.step.is_not(None)
    )
    return (
        select(CheckIn.id)
        .where(
            CheckIn.returnee_id == Enrolment.returnee_id,
            CheckIn.campaign_id == campaign.id,
            CheckIn.state != CheckInState.SUPERSEDED,
            same_step,
        )
        .exists()
    )


async def progress(session: Session, campaign: Campaign) -> Progress | None:
    """None while there is nothing left to plan, or nothing to plan yet."""
    if (
        campaign.started_at is None
        or campaign.planned_at
        or campaign.state is CampaignState.STOPPED
    ):
        return None
    done = Enrolment.pseudonym <= (campaign.planned_to or "")
    counts = await session.execute(
        select(func.count().filter(done), func.count())
        .select_from(Enrolment)
        .where(*with_organisation(campaign))
    )
    return Progress(*counts.one())


async def _to_plan(session: Session, *beside: UUID) -> Campaign | None:
    return await session.scalar(
        select(Campaign)
        .where(
            Campaign.id.not_in(beside),
            or_(
                and_(
                    Campaign.started_at.is_not(None),
                    Campaign.planned_at.is_(None),
                    Campaign.state.in_((CampaignState.RUNNING, CampaignState.PAUSED)),
                ),
                and_(
                    Campaign.plan_at <= session.now,
                    Campaign.state == CampaignState.RUNNING,
                ),
            ),
        )
        .order_by(Campaign.started_at)
        .limit(at_most(1))
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )


async def _write_down(session: Session, campaign: Campaign, people: list[Candidate]) -> None:
    """A row for everybody whom it is for, so that nobody is without an outcome."""
    by_facts = await places(session, campaign, (person.facts for person in people))
    edition = (await asked_in(session, campaign)).edition
    rows = [
        _row(campaign, person, place.times, place.excluded, edition)
        for person in people
        if (place := by_facts[person.facts]).times and place.excluded in (*_PLANNED, *_MISSES_IT)
    ]
    if rows:
        await session.execute(insert(CheckIn).on_conflict_do_nothing(), rows)


def _row(
    campaign: Campaign, person: Candidate, times: Times, excluded: Exclusion | None, edition: str
) -> dict[str, Any]:
    return {
        "organisation_id": campaign.organisation_id,
        "returnee_id": person.id,
        "campaign_id": campaign.id,
        "step": step_of(campaign, times.local),
        "version": campaign.version,
        "questionnaire": edition,
        "state": _state(times, excluded),
        "reason": None if excluded in _PLANNED else excluded,
        "due_at": times.due_at if excluded in _PLANNED else times.wanted_at,
        "expires_at": times.expires_at,
    }


def _state(times: Times, excluded: Exclusion | None) -> CheckInState:
    if excluded in _PLANNED:
        return CheckInState.PLANNED
    # Its time came and went while nobody planned it: that is ours (P3).
    ours = excluded is Exclusion.TOO_LATE and not times.are_over
    return CheckInState.MISSED_BY_US if ours else CheckInState.SKIPPED
