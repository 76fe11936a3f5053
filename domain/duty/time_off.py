"""Who is off, and holidays: which shifts do not take place for that. Each verb raises NotAllowed or
Refused.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from domain.actors import Actor
from domain.calendar import local_day
from domain.duty.planning import begin, changed, place_of, today
from domain.duty.team import ensure_can_be_on_duty
from domain.errors import Refused
from domain.idempotency import came_before, id_of
from storage.sessions import Session
from storage.tables.duty import Shift, TimeOff
from storage.tables.organisations import Organisation
from storage.wakes import Topic

_LONGEST_OFF = timedelta(days=366)


async def take_off(
    session: Session,
    actor: Actor,
    staff_id: UUID | None,
    first_day: date,
    last_day: date,
    once: str = "",
) -> None:
    """Days on which somebody has no shifts; without somebody, holidays: no weekly shift is worked
    and no hours are declared. A single shift that is planned on such a day later, or taken over,
    stands; so does duty that somebody begins on it later until they say otherwise.
    """
    await begin(session, actor)
    if staff_id is not None:
        await ensure_can_be_on_duty(session, actor, staff_id)
    if last_day < first_day or last_day - first_day > _LONGEST_OFF:
        raise Refused("The last day must lie after the first, by a year at most.")
    if last_day < today(session, await place_of(session, actor.organisation_id)):
        raise Refused("Choose a time that is still to come.")
    said = str(staff_id), first_day.isoformat(), last_day.isoformat()
    time_off_id = id_of(actor.organisation_id, actor, once, "off", *said)
    if await came_before(session, TimeOff, time_off_id) is not None:
        return
    time_off = TimeOff(
        id=time_off_id,
        organisation_id=actor.organisation_id,
        staff_id=staff_id,
        first_day=first_day,
        last_day=last_day,
    )
    session.add(time_off)
    await session.flush()
    await _call_off_anew(session, actor.organisation_id, None, [time_off])
    await _end_open_shifts(session, time_off)
    await _keep_what_they_ended(session, time_off)
    await changed(session, actor, "rota.off", staff_id)


async def end_as_time_off_begins(session: Session) -> int:
    """The tick: whoever is on duty until they say otherwise is so no longer once time off of theirs
    begins, or they would go on being called alone (P11); how many. Whoever says so later, on a day
    off, is there. Needs the service's scope.
    """
    here, a_day = session.now.date(), timedelta(days=1)
    found = await session.execute(
        select(Shift, TimeOff, Organisation.time_zone)
        .join(Organisation, Organisation.id == Shift.organisation_id)
        .join(
            TimeOff,
            (TimeOff.organisation_id == Shift.organisation_id)
            & (TimeOff.staff_id == Shift.staff_id),
        )
        .where(
            Shift.ends_at.is_(None),
            # The organisation's today may be ours of yesterday, or of tomorrow.
            TimeOff.first_day <= here + a_day,
            TimeOff.last_day >= here - a_day,
        )
        .with_for_update(of=Shift, skip_locked=True)
    )
    ended = {
        shift
        for shift, time_off, time_zone in found
        if _lasts(time_off, local_day(session.now, time_zone))
        and local_day(shift.starts_at, time_zone) < time_off.first_day
    }
    for shift in ended:
        shift.ends_at = session.now
    if ended:
        session.wakes(Topic.CASES)
    return len(ended)


async def end_time_off(session: Session, actor: Actor, time_off_id: UUID) -> None:
    """Its shifts take place after all, but for those that other time off calls off."""
    await begin(session, actor)
    time_off = await session.scalar(
        select(TimeOff)
        .where(TimeOff.id == time_off_id, TimeOff.organisation_id == actor.organisation_id)
        .with_for_update()
    )
    if time_off is None:
        raise Refused("There is no such time off.")
    staff_id = time_off.staff_id
    await session.delete(time_off)
    await session.flush()
    others = await time_off_of(session, actor.organisation_id)
    await _call_off_anew(session, actor.organisation_id, time_off_id, others)
    await changed(session, actor, "rota.off-ended", staff_id)


async def _end_open_shifts(session: Session, time_off: TimeOff) -> None:
    """Where it has begun already: those that would go on until they say otherwise."""
    place = await place_of(session, time_off.organisation_id)
    if _lasts(time_off, today(session, place)):
        await session.execute(
            update(Shift)
            .where(Shift.staff_id == time_off.staff_id, Shift.ends_at.is_(None))
            .values(ends_at=func.greatest(Shift.starts_at, session.now))
        )


async def _keep_what_they_ended(session: Session, time_off: TimeOff) -> None:
    """Of a shift that it would call off, had they not said off before: whoever says on now is
    there, and has no shift.
    """
    place = await place_of(session, time_off.organisation_id)
    shifts = await session.scalars(
        select(Shift).where(Shift.staff_id == time_off.staff_id, Shift.was_to_end_at > session.now)
    )
    for shift in shifts.all():
        if _calls_off(time_off, shift, place):
            shift.was_to_end_at = None


def _lasts(time_off: TimeOff, day: date) -> bool:
    return time_off.first_day <= day <= time_off.last_day


def _calls_off(time_off: TimeOff, shift: Shift, place: ZoneInfo) -> bool:
    """Who works on a holiday has a shift of that day alone, which stands."""
    if not _lasts(time_off, shift.starts_at.astimezone(place).date()):
        return False
    if time_off.staff_id is None:
        return shift.weekly_shift_id is not None
    return time_off.staff_id == shift.staff_id


async def _call_off_anew(
    session: Session, organisation_id: UUID, was: UUID | None, off: Sequence[TimeOff]
) -> None:
    """Of the shifts that are not over: those that this time off called off, or none, do not take
    place where one of these times off wants it so.
    """
    place = await place_of(session, organisation_id)
    shifts = await session.scalars(
        select(Shift).where(
            Shift.organisation_id == organisation_id,
            Shift.ends_at > session.now,
            Shift.time_off_id.is_not_distinct_from(was),
        )
    )
    for shift in shifts.all():
        shift.time_off_id = called_off_by(off, shift, place)


def called_off_by(off: Sequence[TimeOff], shift: Shift, place: ZoneInfo) -> UUID | None:
    """The first of these times off for which it does not take place."""
    return next((each.id for each in off if _calls_off(each, shift, place)), None)


async def time_off_of(session: Session, organisation_id: UUID) -> Sequence[TimeOff]:
    """All that is not over."""
    found = await session.scalars(
        select(TimeOff).where(
            TimeOff.organisation_id == organisation_id,
            # The organisation's today may be ours of yesterday.
            TimeOff.last_day >= (session.now - timedelta(days=2)).date(),
        )
    )
    return found.all()
