"""Who gets a campaign's check-in, and when: each person by the clock where they are.

A campaign is planned so many people at a time: the first of them when it starts, the rest by a
tick. Each batch is a transaction that also notes how far it came: whatever dies, the next tick
goes on from there, and nobody is planned twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from domain.campaigns.facts import Facts, Person, people_of, with_organisation
from domain.campaigns.group import Group, exclusion
from domain.check_ins.eligibility import Exclusion
from domain.check_ins.instants import instant
from domain.organisations import zone
from domain.questionnaires.shelf import newest
from domain.questionnaires.values import Questionnaire
from storage.check_ins import Campaign, CheckIn
from storage.kinds import CampaignState, CheckInState
from storage.returnees import Enrolment
from storage.sessions import Session

# So many people are a fraction of a second, and a megabyte.
BATCH = 1000

# Why somebody whom the campaign is for will miss it: a row says so. The others get none.
_FOR_NOW = (
    Exclusion.FROZEN,
    Exclusion.BLOCKED,
    Exclusion.PAUSED,
    Exclusion.TOO_LATE,
    Exclusion.NO_TEXT,
)


@dataclass(frozen=True, slots=True)
class Place:
    """In a campaign: when, or why not."""

    due_at: datetime
    expires_at: datetime
    excluded: Exclusion | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How many people have been looked at, of all that there are to look at."""

    done: int
    people: int


async def places(
    session: Session, campaign: Campaign, kinds: Iterable[Facts]
) -> dict[Facts, Place]:
    """The place of everybody with these facts, reckoned once for each kind of person."""
    questionnaire = await asked_in(session, campaign)
    return {facts: _place(campaign, questionnaire, facts, session.now) for facts in set(kinds)}


async def asked_in(session: Session, campaign: Campaign) -> Questionnaire:
    return await newest(session, campaign.organisation_id, campaign.questionnaire)


async def plan_next(session: Session) -> int:
    """The tick: writes down the check-ins of the next people of a campaign that was started.

    Returns 0 once there is nothing to plan. Any number of replicas may call it at once; each
    campaign is planned by one of them. Needs the service's scope.
    """
    campaign = await _to_plan(session)
    if campaign is None:
        return 0
    await plan_some(session, campaign)
    return 1


async def plan_some(session: Session, campaign: Campaign) -> None:
    """The next people of a campaign that was started, which is locked."""
    people = await people_of(session, campaign, after=campaign.planned_to or "", most=BATCH)
    await _write_down(session, campaign, people)
    if len(people) < BATCH:
        campaign.planned_at = session.now
    else:
        campaign.planned_to = people[-1].pseudonym


async def progress(session: Session, campaign: Campaign) -> Progress | None:
    """None while there is nothing left to plan, or nothing to plan yet."""
    if campaign.started_at is None or campaign.planned_at is not None:
        return None
    done = Enrolment.pseudonym <= (campaign.planned_to or "")
    counts = await session.execute(
        select(func.count().filter(done), func.count())
        .select_from(Enrolment)
        .where(*with_organisation(campaign))
    )
    return Progress(*counts.one())


async def _to_plan(session: Session) -> Campaign | None:
    return await session.scalar(
        select(Campaign)
        .where(
            Campaign.started_at.is_not(None),
            Campaign.planned_at.is_(None),
            Campaign.state.in_((CampaignState.RUNNING, CampaignState.PAUSED)),
        )
        .order_by(Campaign.started_at)
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )


async def _write_down(session: Session, campaign: Campaign, people: list[Person]) -> None:
    """A row for everybody whom it is for, so that nobody is without an outcome."""
    by_facts = await places(session, campaign, (person.facts for person in people))
    edition = (await asked_in(session, campaign)).edition
    rows = [
        _row(campaign, person, by_facts[person.facts], edition)
        for person in people
        if by_facts[person.facts].excluded in (None, *_FOR_NOW)
    ]
    if rows:
        await session.execute(insert(CheckIn).on_conflict_do_nothing(), rows)


def _row(campaign: Campaign, person: Person, place: Place, edition: str) -> dict[str, Any]:
    return {
        "organisation_id": campaign.organisation_id,
        "returnee_id": person.id,
        "campaign_id": campaign.id,
        "version": campaign.version,
        "questionnaire": edition,
        "state": CheckInState.SKIPPED if place.excluded else CheckInState.PLANNED,
        "reason": place.excluded,
        "due_at": place.due_at,
        "expires_at": place.expires_at,
    }


def _place(campaign: Campaign, questionnaire: Questionnaire, facts: Facts, now: datetime) -> Place:
    due_at = instant(datetime.fromisoformat(campaign.local_time), zone(facts.time_zone))
    expires_at = due_at + timedelta(hours=campaign.max_lateness_hours)
    why_not = exclusion(Group.kept(campaign.group), facts, expires_at=expires_at, now=now)
    if why_not is None and facts.child and questionnaire.adults_only:
        why_not = Exclusion.ADULTS_ONLY
    if why_not is None and not questionnaire.speaks(facts.language):
        why_not = Exclusion.NO_TEXT
    return Place(due_at, expires_at, why_not)
