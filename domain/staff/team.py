"""Who works here, as those who manage the team see it."""

from sqlalchemy import select

from domain.actors import Actor, Right
from storage.sessions import Session
from storage.staff import Staff


async def list_team(session: Session, actor: Actor) -> list[Staff]:
    """Everyone of the organisation whose access has not ended, oldest first. Raises NotAllowed."""
    actor.ensure_may(Right.MANAGE_STAFF)
    found = await session.scalars(
        select(Staff)
        .where(Staff.organisation_id == actor.organisation_id, Staff.disabled_at.is_(None))
        .order_by(Staff.created_at)
    )
    return list(found)
