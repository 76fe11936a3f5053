"""Staff by what they are, as far as they may know of the person that it is about (P10)."""

from uuid import UUID

from sqlalchemy import select

from storage.batches import at_most
from storage.kinds import Role
from storage.sessions import Session
from storage.tables.safeguarding import clear_of, kept_from
from storage.tables.staff import Staff, works_for


async def with_roles(
    session: Session, organisation_id: UUID, about: UUID, *roles: Role
) -> list[Staff]:
    """Needs the service's scope."""
    found = await session.scalars(
        select(Staff).where(works_for(organisation_id), Staff.role.in_(roles), clear_of(about))
    )
    return list(found)


async def with_first_role(
    session: Session, organisation_id: UUID, about: UUID, *roles: Role
) -> list[Staff]:
    """Those of the first of these roles that anybody there has. Needs the service's scope."""
    found = await with_roles(session, organisation_id, about, *roles)
    first = min((roles.index(staff.role) for staff in found), default=None)
    return [staff for staff in found if roles.index(staff.role) == first]


async def is_kept_from_somebody(session: Session, organisation_id: UUID, returnee_id: UUID) -> bool:
    """Whether somebody of that organisation must know nothing of this person: then nothing of them
    is said where its whole team reads; who has left it may do so still. Needs the service's scope.
    """
    kept = (
        select(Staff.id)
        .where(Staff.organisation_id == organisation_id, Staff.id.in_(kept_from(returnee_id)))
        .limit(at_most(1))
    )
    return await session.scalar(kept) is not None
