"""Who can be on duty, and who is called when nobody is."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select, true

from domain import audit
from domain.actors import Actor, Right, roles_with
from domain.errors import Refused
from storage.organisations import Organisation
from storage.safeguarding import clear_of
from storage.sessions import Session
from storage.staff import Staff

_FALLBACK = "duty_fallback"
_WORKING: Final = roles_with(Right.WORK_ON_CASES)


def can_be_on_duty(organisation_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Within a query of staff: whoever works on cases there."""
    return (
        Staff.organisation_id == organisation_id,
        Staff.disabled_at.is_(None),
        Staff.role.in_(_WORKING),
    )


async def who_can_be_on_duty(session: Session, organisation_id: UUID) -> list[Staff]:
    found = await session.scalars(
        select(Staff).where(*can_be_on_duty(organisation_id)).order_by(Staff.created_at, Staff.id)
    )
    return list(found)


async def ensure_can_be_on_duty(session: Session, actor: Actor, staff_id: UUID) -> None:
    """Raises Refused."""
    of_ours = select(Staff.id).where(Staff.id == staff_id, *can_be_on_duty(actor.organisation_id))
    if await session.scalar(of_ours) is None:
        raise Refused("Choose somebody of your team who works on cases.")


async def fallback_of(
    session: Session, organisation: Organisation, *, for_person: UUID | None = None
) -> list[Staff]:
    """Who is called while nobody is on duty; those who have left are not there.

    For a person, only those who may know of them; that needs the service's scope.
    """
    named = [UUID(each) for each in organisation.settings.get(_FALLBACK, [])]
    found = await session.scalars(
        select(Staff).where(
            Staff.id.in_(named),
            *can_be_on_duty(organisation.id),
            clear_of(for_person) if for_person else true(),
        )
    )
    return sorted(found, key=lambda staff: named.index(staff.id))


async def name_fallback(session: Session, actor: Actor, staff_ids: Sequence[UUID]) -> None:
    """Raises NotAllowed and Refused."""
    actor.ensure_may(Right.PLAN_DUTY)
    for staff_id in staff_ids:
        await ensure_can_be_on_duty(session, actor, staff_id)
    organisation = await session.get_one(
        Organisation, actor.organisation_id, with_for_update=True, populate_existing=True
    )
    named = [str(staff_id) for staff_id in dict.fromkeys(staff_ids)]
    organisation.settings = {**organisation.settings, _FALLBACK: named}
    audit.record(
        session, organisation.id, "duty.fallback", staff_id=actor.staff_id, people=len(named)
    )
