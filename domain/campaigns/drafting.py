"""Writing a campaign down, and finding it again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from domain import audit
from domain.actors import Actor, By, Right
from domain.calendar import instant, zone
from domain.campaigns.group import Group
from domain.campaigns.schedule import JUST_ONCE, After, Every, Schedule, to_keep
from domain.errors import ChangedMeanwhile, Refused
from domain.names import as_name
from domain.pathways.shelf import stage_names
from domain.questionnaires import shelf
from storage.kinds import CampaignState
from storage.sessions import Session
from storage.tables.campaigns import Campaign
from storage.tables.organisations import Organisation
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee

LONGEST_LATENESS = 7 * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What somebody wants of a campaign."""

    name: str
    #: The key of a questionnaire on offer.
    questionnaire: str
    #: Naive: what the clock of each person shows, the first time if there are several.
    local_time: datetime
    schedule: Schedule = JUST_ONCE
    countries: Iterable[str] = ()
    languages: Iterable[str] = ()
    since: Iterable[str] = ()
    #: Each as "pathway/stage".
    stages: Iterable[str] = ()
    #: Each as "country/region".
    regions: Iterable[str] = ()
    max_lateness_hours: int = 24
    #: Whoever says nothing is asked once more, if they allowed it.
    second_prompt: bool = True


async def draft(session: Session, actor: By, outline: Outline) -> Campaign:
    """A campaign that does nothing yet: preview it, then start it. Raises NotAllowed, Refused."""
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    campaign = Campaign(
        organisation_id=actor.organisation_id,
        state=CampaignState.DRAFT,
        created_by=actor.staff_id,
        created_at=session.now,
    )
    await write_out(session, campaign, outline)
    session.add(campaign)
    await session.flush()
    audit.done_by(session, actor, "campaign.drafted", campaign.id)
    return campaign


async def write_out(session: Session, campaign: Campaign, outline: Outline) -> None:
    """Raises Refused, and changes nothing then."""
    name = await _free_name(session, campaign, outline.name)
    group = Group.of(
        outline.countries, outline.languages, outline.since, outline.stages, outline.regions
    ).to_keep()
    await _ensure_stages(session, campaign, group["stages"])
    lateness = _lateness(outline.max_lateness_hours)
    _ensure_an_occasion(outline.schedule, outline.local_time)
    if outline.questionnaire != campaign.questionnaire:
        await _ensure_on_offer(session, campaign.organisation_id, outline.questionnaire)
    local_time = outline.local_time.isoformat(timespec="minutes")
    begun_as_said = campaign.started_at is not None and local_time == campaign.local_time
    if not isinstance(outline.schedule, After) and not begun_as_said:
        await _ensure_ahead(session, campaign.organisation_id, outline.local_time)
    campaign.name, campaign.questionnaire = name, outline.questionnaire
    campaign.group, campaign.local_time = group, local_time
    campaign.schedule, campaign.max_lateness_hours = to_keep(outline.schedule), lateness
    campaign.second_prompt = outline.second_prompt


async def list_campaigns(session: Session, actor: Actor) -> Sequence[Campaign]:
    """Newest first. Raises NotAllowed."""
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    campaigns = await session.scalars(
        select(Campaign)
        .where(Campaign.organisation_id == actor.organisation_id)
        .order_by(Campaign.created_at.desc())
    )
    return campaigns.all()


async def find_campaign(
    session: Session, actor: By, campaign_id: UUID, *, lock: bool = False
) -> Campaign:
    """One of the actor's organisation. Raises NotAllowed, and Refused for any other."""
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    query = select(Campaign).where(
        Campaign.id == campaign_id, Campaign.organisation_id == actor.organisation_id
    )
    if lock:
        query = query.with_for_update()
    campaign = await session.scalar(query.execution_options(populate_existing=True))
    if campaign is None:
        raise Refused("There is no such check-in.")
    return campaign


def ensure_seen(campaign: Campaign, version: int | None) -> None:
    """Nobody undoes unawares what a colleague has changed since. Raises Refused."""
    if version not in (None, campaign.version):
        raise ChangedMeanwhile


async def find_by_name(session: Session, actor: By, name: str) -> Campaign | None:
    """One of the actor's organisation. Raises NotAllowed."""
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    return await session.scalar(
        select(Campaign).where(
            Campaign.organisation_id == actor.organisation_id, Campaign.name == as_name(name)
        )
    )


async def _free_name(session: Session, campaign: Campaign, name: str) -> str:
    name = as_name(name)
    if not name:
        raise Refused("A check-in needs a name.")
    # Whoever gives the same name at this moment waits, and is told then that it is taken.
    name_there = f"campaign {campaign.organisation_id} {name}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name_there, 0))))
    taken = await session.scalar(
        select(Campaign.id).where(
            Campaign.organisation_id == campaign.organisation_id,
            Campaign.name == name,
            Campaign.id.is_distinct_from(campaign.id),
        )
    )
    if taken is not None:
        raise Refused("There is a check-in called {name} already.", name=name)
    return name


async def _ensure_on_offer(session: Session, organisation_id: UUID, key: str) -> None:
    if key not in [each.key for each in await shelf.on_offer(session, organisation_id)]:
        raise Refused("There is no questionnaire {name}.", name=key)


async def _ensure_stages(session: Session, campaign: Campaign, stages: Iterable[str]) -> None:
    """Of a pathway that is there; one that was chosen before may be gone from it since."""
    known = {*await stage_names(session, campaign.organisation_id)}
    for stage in stages:
        if stage not in known.union((campaign.group or {}).get("stages", ())):
            raise Refused("There is no stage {name} of a pathway.", name=stage)


def _lateness(hours: int) -> int:
    if not 1 <= hours <= LONGEST_LATENESS:
        raise Refused("A check-in may be late by 1 to {most} hours.", most=LONGEST_LATENESS)
    return hours


def _ensure_an_occasion(schedule: Schedule, local_time: datetime) -> None:
    """One that ended before it began could ask nobody: somebody has mistyped a day."""
    first = local_time.date()
    if isinstance(schedule, Every) and schedule.until is not None and schedule.until < first:
        raise Refused(
            "It begins on {first} and ends on {last}: choose a last day that is not before the"
            " first.",
            first=first,
            last=schedule.until,
        )


async def _ensure_ahead(session: Session, organisation_id: UUID, local_time: datetime) -> None:
    """The time must lie ahead for somebody: clocks differ."""
    organisation = await session.get_one(Organisation, organisation_id)
    zones = await session.scalars(
        select(Returnee.time_zone)
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(Enrolment.organisation_id == organisation.id, STILL_ENROLLED)
        .distinct()
    )
    everywhere = {organisation.time_zone, *zones}
    if all(instant(local_time, zone(name)) <= session.now for name in everywhere):
        raise Refused("That time has passed: choose one that is still to come.")
