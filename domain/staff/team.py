"""Who works here."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select

from domain.actors import Actor, Right
from domain.staff.accounts import name_of
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.staff import Staff, works_for


async def list_team(session: Session, actor: Actor) -> list[Staff]:
    """Everyone of the organisation whose access has not ended, oldest first. Raises NotAllowed."""
    actor.ensure_may(Right.MANAGE_STAFF)
    found = await session.scalars(
        select(Staff).where(works_for(actor.organisation_id)).order_by(Staff.created_at)
    )
    return list(found)


async def colleagues_by_name(
    session: Session, actor: Actor, *conditions: ColumnElement[bool]
) -> list[tuple[UUID, str]]:
    """Those of them of whom this holds, the actor too, for a choice."""
    found = await session.scalars(
        select(Staff).where(works_for(actor.organisation_id), *conditions)
    )
    return sorted(((each.id, name_of(session, each)) for each in found), key=lambda line: line[1])


async def language_of_team(session: Session, organisation_id: UUID) -> str:
    """What most of those who work there read, for what all of them read; English among equals."""
    most = (
        select(Staff.language)
        .where(works_for(organisation_id))
        .group_by(Staff.language)
        .order_by(func.count().desc(), Staff.language != literal_column("'en'"), Staff.language)
        .limit(at_most(1))
    )
    return await session.scalar(most) or "en"


async def is_colleague(session: Session, actor: Actor, staff_id: UUID | None) -> bool:
    """Their access does not end before what depends on this is done."""
    of_ours = select(Staff.id).where(Staff.id == staff_id, works_for(actor.organisation_id))
    return await session.scalar(of_ours.with_for_update(read=True, key_share=True)) is not None


async def names_of_all(session: Session, organisation_id: UUID) -> dict[UUID | None, str]:
    """Of whoever has left, too: what they did stands under their name. None is nobody's id."""
    found = await session.scalars(select(Staff).where(Staff.organisation_id == organisation_id))
    return {staff.id: name_of(session, staff) for staff in found}
