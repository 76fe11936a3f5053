"""Who can be on duty, and who is called when nobody is."""

from uuid import UUID

from sqlalchemy import literal, select, true

from domain.actors import Actor
from domain.errors import Refused
from domain.workers import has_workers, works_on_cases
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.safeguarding import clear_of, seen_by
from storage.tables.staff import Staff

#: Under which name their ids stand in the settings of an organisation.
FALLBACK = "duty_fallback"


async def is_anybody_left(session: Session, organisation_id: UUID, *, for_person: UUID) -> bool:
    """Whether anybody who may know of that person works on cases there. Needs the service's
    scope.
    """
    return bool(await session.scalar(select(has_workers(organisation_id, for_person))))


async def who_can_be_on_duty(session: Session, organisation_id: UUID) -> list[Staff]:
    found = await session.scalars(
        select(Staff).where(*works_on_cases(organisation_id)).order_by(Staff.created_at, Staff.id)
    )
    return list(found)


async def ensure_can_be_on_duty(
    session: Session, actor: Actor, staff_id: UUID, *, for_person: UUID | None = None
) -> None:
    """For a person, only somebody who may know of them; their access does not end before what they
    are given is theirs. Raises Refused.
    """
    of_ours = select(Staff.id).where(
        Staff.id == staff_id,
        *works_on_cases(actor.organisation_id),
        seen_by(staff_id, literal(for_person)) if for_person else true(),
    )
    if await session.scalar(of_ours.with_for_update(read=True, key_share=True)) is None:
        raise Refused("Choose somebody of your team who works on cases.")


async def fallback_of(
    session: Session, organisation: Organisation, *, for_person: UUID | None = None
) -> list[Staff]:
    """Who is called while nobody is on duty; those who have left are not there.

    For a person, only those who may know of them; that needs the service's scope.
    """
    named = [UUID(each) for each in organisation.settings.get(FALLBACK, [])]
    found = await session.scalars(
        select(Staff).where(
            Staff.id.in_(named),
            *works_on_cases(organisation.id),
            clear_of(for_person) if for_person else true(),
        )
    )
    return sorted(found, key=lambda staff: named.index(staff.id))
