"""Handing a shift on: an offer, which a colleague takes. Until then it is its owner's.

Each verb raises NotAllowed or Refused.
"""

from uuid import UUID

from sqlalchemy import update

from domain import audit
from domain.actors import Actor, Right
from domain.calendar import zone
from domain.channels.reaching import reach_staff
from domain.duty.hours import Span
from domain.duty.readiness import reckon
from domain.duty.shifts import is_busy, planned_shift
from domain.duty.team import ensure_can_be_on_duty
from domain.errors import Refused
from domain.notices import Notice
from domain.organisations import lock_organisation
from storage.sessions import Session
from storage.tables.duty import Shift
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff


async def offer(session: Session, actor: Actor, shift_id: UUID, to: UUID | None = None) -> None:
    """To one colleague, or to whoever takes it."""
    shift = await _own(session, actor, shift_id)
    if to == actor.staff_id:
        raise Refused("Offer it to somebody else.")
    if to is not None:
        await ensure_can_be_on_duty(session, actor, to)
        await _tell(session, shift, to)
    shift.offered_at, shift.offered_to = session.now, to
    audit.done_by(session, actor, "rota.offered", shift.staff_id)


async def keep(session: Session, actor: Actor, shift_id: UUID) -> None:
    """Takes the offer back."""
    shift = await _own(session, actor, shift_id)
    shift.offered_at = shift.offered_to = None
    audit.done_by(session, actor, "rota.kept", shift.staff_id)


async def keep_from(session: Session, staff: Staff) -> None:
    """Of whoever leaves: what was offered to them alone is offered to nobody any more, and stays
    its owner's.
    """
    await session.execute(
        update(Shift)
        .where(
            Shift.organisation_id == staff.organisation_id,
            Shift.ends_at > session.now,
            Shift.offered_to == staff.id,
        )
        .values(offered_at=None, offered_to=None)
        .execution_options(synchronize_session=False)
    )


async def take(session: Session, actor: Actor, shift_id: UUID) -> None:
    """The shift is theirs now. Of two who take it at once, the second is refused."""
    actor.ensure_may(Right.WORK_ON_CASES)
    await lock_organisation(session, actor.organisation_id)
    shift = await planned_shift(session, actor, shift_id)
    if not may_take(shift, actor):
        raise Refused("This shift is not offered to you any more.")
    assert shift.ends_at is not None
    to_come = Span(max(shift.starts_at, session.now), shift.ends_at)
    if await is_busy(session, actor.staff_id, to_come):
        raise Refused("You are on duty then already.")
    audit.done_by(session, actor, "rota.taken", shift.staff_id)
    shift.staff_id = actor.staff_id
    shift.offered_at = shift.offered_to = None
    await reckon(session, actor.organisation_id)


def may_take(shift: Shift, actor: Actor) -> bool:
    return (
        actor.may(Right.WORK_ON_CASES)
        and shift.offered_at is not None
        and shift.time_off_id is None
        and shift.staff_id != actor.staff_id
        and shift.offered_to in (None, actor.staff_id)
    )


async def _tell(session: Session, shift: Shift, staff_id: UUID) -> None:
    """They read when it is, on the organisation's clocks, and not whose."""
    colleague = await session.get_one(Staff, staff_id)
    if shift.ends_at is None:
        return
    organisation = await session.get_one(Organisation, shift.organisation_id)
    place = zone(organisation.time_zone)
    instants = {"begins": shift.starts_at, "ends": shift.ends_at}
    times = {
        name: at.astimezone(place).replace(tzinfo=None).isoformat() for name, at in instants.items()
    }
    await reach_staff(session, organisation.id, [colleague], Notice.STAFF_SHIFT_OFFERED, times)


async def _own(session: Session, actor: Actor, shift_id: UUID) -> Shift:
    shift = await planned_shift(session, actor, shift_id)
    if shift.staff_id != actor.staff_id:
        raise Refused("This shift is somebody else's.")
    return shift
