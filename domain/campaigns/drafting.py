"""Writing a campaign down, and finding it again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain import audit
from domain.actors import Actor, Right
from domain.campaigns.group import Group
from domain.campaigns.schedule import JUST_ONCE, After, Schedule, to_keep
from domain.check_ins.instants import instant
from domain.errors import Refused
from domain.names import as_name
from domain.organisations import zone
from domain.questionnaires import shelf
from storage.check_ins import Campaign
from storage.kinds import CampaignState
from storage.organisations import Organisation
from storage.returnees import Enrolment, Returnee
from storage.sessions import Session

LONGEST_LATENESS = 7 * 24


async def draft(
    session: Session,
    actor: Actor,
    *,
    name: str,
    questionnaire: str,
    countries: Iterable[str] = (),
    languages: Iterable[str] = (),
    since: Iterable[str] = (),
    local_time: datetime,
    schedule: Schedule = JUST_ONCE,
    max_lateness_hours: int = 24,
    second_prompt: bool = True,
) -> Campaign:
    """A campaign that does nothing yet: preview it, then start it.

    `local_time` is naive: what the clock of each person shows, the first time if there are several.
    Raises NotAllowed and Refused.
    """
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    campaign = Campaign(
        organisation_id=actor.organisation_id,
        name=await _unused_name(session, actor, name),
        questionnaire=await _chosen(session, actor, questionnaire),
        group=Group.of(countries, languages, since).to_keep(),
        local_time=local_time.isoformat(timespec="minutes"),
        schedule=to_keep(schedule),
        max_lateness_hours=_lateness(max_lateness_hours),
        second_prompt=second_prompt,
        state=CampaignState.DRAFT,
        created_by=actor.staff_id,
        created_at=session.now,
    )
    if not isinstance(schedule, After):
        await _ensure_ahead(session, actor, local_time)
    session.add(campaign)
    await session.flush()
    record(session, actor, campaign, "campaign.drafted")
    return campaign


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
    session: Session, actor: Actor, campaign_id: UUID, *, lock: bool = False
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
        raise Refused("There is no such campaign.")
    return campaign


def record(session: Session, actor: Actor, campaign: Campaign, action: str, **detail: int) -> None:
    audit.record(
        session,
        actor.organisation_id,
        action,
        staff_id=actor.staff_id,
        subject=campaign.id,
        **detail,
    )


async def _unused_name(session: Session, actor: Actor, name: str) -> str:
    name = as_name(name)
    if not name:
        raise Refused("A campaign needs a name.")
    taken = await session.scalar(
        select(Campaign.id).where(
            Campaign.organisation_id == actor.organisation_id, Campaign.name == name
        )
    )
    if taken is not None:
        raise Refused("There is a campaign called {name} already.", name=name)
    return name


async def _chosen(session: Session, actor: Actor, key: str) -> str:
    if key not in [each.key for each in await shelf.on_offer(session, actor.organisation_id)]:
        raise Refused("There is no questionnaire {name}.", name=key)
    return key


def _lateness(hours: int) -> int:
    if not 1 <= hours <= LONGEST_LATENESS:
        raise Refused("A check-in may be late by 1 to {most} hours.", most=LONGEST_LATENESS)
    return hours


async def _ensure_ahead(session: Session, actor: Actor, local_time: datetime) -> None:
    """The time must lie ahead for somebody: clocks differ."""
    organisation = await session.get_one(Organisation, actor.organisation_id)
    zones = await session.scalars(
        select(Returnee.time_zone)
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(Enrolment.organisation_id == organisation.id, Enrolment.until_at.is_(None))
        .distinct()
    )
    everywhere = {organisation.time_zone, *zones}
    if all(instant(local_time, zone(name)) <= session.now for name in everywhere):
        raise Refused("That time has passed: choose one that is still to come.")
