"""Who hears at once, in an organisation, that somebody is a child."""

from uuid import UUID

from sqlalchemy import select

from domain import audit
from domain.actors import Actor, Right
from domain.duty.team import ensure_can_be_on_duty
from domain.staff.colleagues import with_roles
from domain.workers import works_on_cases
from storage.kinds import Role
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.safeguarding import clear_of
from storage.tables.staff import Staff

_FOCAL_POINT = "child_focal_point"


async def focal_points(session: Session, organisation_id: UUID, child_id: UUID) -> list[Staff]:
    """Who hears of a child at once: whoever the organisation named, or else its supervisors; never
    somebody who must not know of that child, or can open no case.
    """
    organisation = await session.get_one(Organisation, organisation_id)
    named = organisation.settings.get(_FOCAL_POINT)
    if named is not None:
        found = await session.scalar(
            select(Staff).where(
                *works_on_cases(organisation_id), clear_of(child_id), Staff.id == UUID(named)
            )
        )
        if found is not None:
            return [found]
    return await with_roles(session, organisation_id, child_id, Role.SUPERVISOR)


async def name_focal_point(session: Session, actor: Actor, staff_id: UUID | None) -> None:
    """Raises NotAllowed and Refused."""
    actor.ensure_may(Right.MANAGE_STAFF)
    if staff_id is not None:
        await ensure_can_be_on_duty(session, actor, staff_id)
    organisation = await session.get_one(
        Organisation, actor.organisation_id, with_for_update=True, populate_existing=True
    )
    named = {_FOCAL_POINT: str(staff_id) if staff_id is not None else None}
    organisation.settings = {**organisation.settings, **named}
    audit.done_by(session, actor, "organisation.child-focal-point", staff_id)


def named_focal_point(organisation: Organisation) -> UUID | None:
    named = organisation.settings.get(_FOCAL_POINT)
    return UUID(named) if named is not None else None
