"""Single shifts: planned, found, called off. Each verb raises NotAllowed or Refused."""

from datetime import date, time
from uuid import UUID

from sqlalchemy import select

from domain.actors import Actor
from domain.duty.hours import Span, span_on
from domain.duty.planning import begin, changed, place_of
from domain.duty.team import ensure_can_be_on_duty
from domain.errors import Refused
from storage.sessions import Session
from storage.tables.duty import Shift


async def plan_once(
    session: Session, actor: Actor, staff_id: UUID, day: date, begins: time, ends: time
) -> None:
    await begin(session, actor)
    await ensure_can_be_on_duty(session, actor, staff_id)
    span = span_on(day, begins, ends, await place_of(session, actor.organisation_id))
    if span is None or span.ends <= session.now:
        raise Refused("Choose a time that is still to come.")
    if await is_busy(session, staff_id, span):
        raise Refused("They are on duty then already.")
    session.add(
        Shift(
            organisation_id=actor.organisation_id,
            staff_id=staff_id,
            starts_at=span.begins,
            ends_at=span.ends,
        )
    )
    await changed(session, actor, "rota.once", staff_id)


async def call_off(session: Session, actor: Actor, shift_id: UUID) -> None:
    """It does not take place; one that has begun ends now."""
    await begin(session, actor)
    shift = await planned_shift(session, actor, shift_id)
    if shift.starts_at > session.now:
        await session.delete(shift)
    else:
        shift.ends_at = session.now
    await changed(session, actor, "rota.called-off", shift.staff_id)


async def planned_shift(session: Session, actor: Actor, shift_id: UUID) -> Shift:
    """One of the actor's organisation that is not over, locked. Raises Refused."""
    shift = await session.scalar(
        select(Shift)
        .where(
            Shift.id == shift_id,
            Shift.organisation_id == actor.organisation_id,
            Shift.ends_at > session.now,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if shift is None:
        raise Refused("There is no such shift.")
    return shift


async def is_busy(session: Session, staff_id: UUID, span: Span) -> bool:
    """Whether they have a planned shift at any time of that span."""
    found = await session.scalar(
        select(Shift.id).where(
            Shift.staff_id == staff_id,
            Shift.time_off_id.is_(None),
            Shift.starts_at < span.ends,
            Shift.ends_at > span.begins,
        )
    )
    return found is not None
