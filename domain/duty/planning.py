"""What every step of planning who is on duty begins and ends with."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from domain import audit
from domain.actors import Actor, Right
from domain.calendar import zone
from domain.duty.readiness import reckon
from domain.organisations import lock_organisation
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.wakes import Topic


async def begin(session: Session, actor: Actor) -> None:
    """One plans after the other: a shift that somebody plans meanwhile would be none that time off
    calls off. Raises NotAllowed.
    """
    actor.ensure_may(Right.PLAN_DUTY)
    await lock_organisation(session, actor.organisation_id)


async def changed(
    session: Session, actor: Actor, action: str, staff_id: UUID | None, **detail: object
) -> None:
    audit.done_by(session, actor, action, staff_id, **detail)
    await reckon(session, actor.organisation_id)
    session.wakes(Topic.CASES)


async def place_of(session: Session, organisation_id: UUID) -> ZoneInfo:
    return zone((await session.get_one(Organisation, organisation_id)).time_zone)


def today(session: Session, place: ZoneInfo) -> date:
    return session.now.astimezone(place).date()
