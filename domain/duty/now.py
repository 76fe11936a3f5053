"""Who is on duty. An organisation with nobody on duty promises nothing (P11)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, true, update

from domain import audit
from domain.actors import Actor, Right
from domain.calendar import local_day, zone
from domain.duty.readiness import is_ready, reckon
from domain.organisations import lock_organisation
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.duty import Shift, TimeOff, are_there, covering
from storage.tables.organisations import Organisation
from storage.tables.safeguarding import clear_of
from storage.tables.staff import Staff
from storage.wakes import Topic


async def on_duty(
    session: Session, organisation_id: UUID, *, for_person: UUID | None = None
) -> list[Staff]:
    """Everyone whose shift covers this instant and whose access has not ended.

    For a person, only those who may know of them; that needs the service's scope.
    """
    found = await session.scalars(
        select(Staff)
        .where(
            *are_there(organisation_id, session.due),
            clear_of(for_person) if for_person else true(),
        )
        .order_by(Staff.created_at, Staff.id)
    )
    return list(found)


async def shift_ends(session: Session, staff: Staff) -> datetime | None:
    """When the shift ends that they have now, on the organisation's clocks; None where they are
    there until they say otherwise, or are not.
    """
    running = covering(staff.organisation_id, session.due)
    found = await session.scalars(select(Shift.ends_at).where(Shift.staff_id == staff.id, *running))
    ends = found.all()
    known = [each for each in ends if each is not None]
    if not known or len(known) < len(ends):
        return None
    organisation = await session.get_one(Organisation, staff.organisation_id)
    return max(known).astimezone(zone(organisation.time_zone))


async def is_staffed(
    session: Session, organisation_id: UUID, *, for_person: UUID | None = None
) -> bool:
    """Whether somebody may be said to be there: on duty, and of an organisation that is ready."""
    organisation = await session.get_one(Organisation, organisation_id)
    if not is_ready(organisation, session.now):
        return False
    return bool(await on_duty(session, organisation_id, for_person=for_person))


async def is_away(session: Session, staff_id: UUID) -> bool:
    """Whether they have time off today, on the organisation's calendar."""
    staff = await session.get_one(Staff, staff_id)
    organisation = await session.get_one(Organisation, staff.organisation_id)
    today = local_day(session.now, organisation.time_zone)
    off = select(TimeOff.id).where(
        TimeOff.staff_id == staff_id, TimeOff.first_day <= today, TimeOff.last_day >= today
    )
    return await session.scalar(off.limit(at_most(1))) is not None


async def go_on_duty(session: Session, actor: Actor) -> None:
    """From now until they say otherwise or time off of theirs begins, whatever shift of theirs ends
    meanwhile. What they ended of a shift by saying off is theirs again from now. Raises NotAllowed.
    """
    actor.ensure_may(Right.WORK_ON_CASES)
    await lock_organisation(session, actor.organisation_id)
    await _take_up_again(session, actor)
    endless = await session.scalar(
        select(Shift)
        .where(Shift.organisation_id == actor.organisation_id, Shift.staff_id == actor.staff_id)
        .where(Shift.ends_at.is_(None), Shift.time_off_id.is_(None))
        .limit(at_most(1))
    )
    if endless is not None:
        # Perhaps it began a moment after this did, or while the clock was ahead.
        endless.starts_at = min(endless.starts_at, session.now)
        return
    session.add(
        Shift(organisation_id=actor.organisation_id, staff_id=actor.staff_id, starts_at=session.now)
    )
    _tell_of(session, actor, "duty.on")


async def go_off_duty(session: Session, actor: Actor) -> None:
    """Ends every shift of theirs that runs now, one from the rota included. Until that was to end
    they may have the rest of it back, by saying on.
    """
    await lock_organisation(session, actor.organisation_id)
    ended = await session.scalars(
        update(Shift)
        .where(*_shifts_of(session, actor))
        .values(was_to_end_at=Shift.ends_at, ends_at=session.now)
        .returning(Shift.id)
    )
    if ended.all():
        _tell_of(session, actor, "duty.off")
        await reckon(session, actor.organisation_id)


async def _take_up_again(session: Session, actor: Actor) -> None:
    """The rest of what they ended, as a shift of its own, since in between they were not there.

    Duty without an end covers no hour to come: without this, somebody who said off by mistake would
    be there, and the gate shut until their shift was to end.
    """
    found = await session.scalars(
        select(Shift).where(
            Shift.organisation_id == actor.organisation_id,
            Shift.staff_id == actor.staff_id,
            Shift.was_to_end_at > session.now,
        )
    )
    ended = found.all()
    for shift in ended:
        session.add(_rest_of(shift, session.now))
        shift.was_to_end_at = None
    if ended:
        await reckon(session, actor.organisation_id)


def _rest_of(shift: Shift, now: datetime) -> Shift:
    """Offered to whom it was offered."""
    return Shift(
        organisation_id=shift.organisation_id,
        staff_id=shift.staff_id,
        starts_at=now,
        ends_at=shift.was_to_end_at,
        weekly_shift_id=shift.weekly_shift_id,
        offered_at=shift.offered_at,
        offered_to=shift.offered_to,
    )


def _shifts_of(session: Session, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return Shift.staff_id == actor.staff_id, *covering(actor.organisation_id, session.due)


def _tell_of(session: Session, actor: Actor, action: str) -> None:
    audit.done_by(session, actor, action)
    session.wakes(Topic.CASES)
