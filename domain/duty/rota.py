"""Planning who is on duty: every week or once, and who is off. Each verb raises NotAllowed or
Refused. Shifts of every week are planned some weeks ahead, so that each is a row of its own, which
can be handed on or called off.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from domain import audit
from domain.actors import Actor, Right
from domain.duty.hours import Span, span_on
from domain.duty.readiness import PLANNED_AHEAD, reckon
from domain.duty.team import ensure_can_be_on_duty
from domain.errors import Refused
from domain.once import id_of
from domain.one_by_one import each_by_itself
from domain.organisations import lock_organisation, zone
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.duty import Shift, TimeOff, WeeklyShift
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff
from storage.wakes import Topic

_BATCH = 100
_LONGEST_OFF = timedelta(days=366)


async def plan_weekly(
    session: Session,
    actor: Actor,
    staff_id: UUID,
    weekdays: Iterable[int],
    begins: time,
    ends: time,
    first_day: date,
    once: str = "",
) -> None:
    """From that day on, on each of these weekdays, until it is ended."""
    await _begin(session, actor)
    await ensure_can_be_on_duty(session, actor, staff_id)
    days = sorted(set(weekdays))
    if not days:
        raise Refused("Choose at least one day of the week.")
    first_day = max(first_day, _today(session, await _place(session, actor.organisation_id)))
    said = str(staff_id), begins.isoformat(), ends.isoformat(), first_day.isoformat()
    new: list[int] = []
    for weekday in days:
        weekly_id = id_of(actor.organisation_id, actor, once, weekday, *said)
        if await session.get(WeeklyShift, weekly_id) is not None:
            continue
        new.append(weekday)
        weekly = WeeklyShift(
            id=weekly_id,
            organisation_id=actor.organisation_id,
            staff_id=staff_id,
            weekday=weekday,
            begins=begins,
            ends=ends,
            first_day=first_day,
            planned_to=first_day,
        )
        session.add(weekly)
        await session.flush()
        await _plan(session, weekly)
    if new:
        await _changed(session, actor, "rota.weekly", staff_id, days=new)


async def end_weekly(session: Session, actor: Actor, weekly_id: UUID) -> None:
    """What has not begun of it falls away, handed on or not."""
    await _begin(session, actor)
    weekly = await session.scalar(
        select(WeeklyShift)
        .where(
            WeeklyShift.id == weekly_id,
            WeeklyShift.organisation_id == actor.organisation_id,
            WeeklyShift.ended_at.is_(None),
        )
        .with_for_update()
    )
    if weekly is None:
        raise Refused("There is no such shift.")
    weekly.ended_at = session.now
    await session.execute(
        delete(Shift).where(Shift.weekly_shift_id == weekly.id, Shift.starts_at > session.now)
    )
    await _changed(session, actor, "rota.weekly-ended", weekly.staff_id)


async def plan_once(
    session: Session, actor: Actor, staff_id: UUID, day: date, begins: time, ends: time
) -> None:
    await _begin(session, actor)
    await ensure_can_be_on_duty(session, actor, staff_id)
    span = span_on(day, begins, ends, await _place(session, actor.organisation_id))
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
    await _changed(session, actor, "rota.once", staff_id)


async def call_off(session: Session, actor: Actor, shift_id: UUID) -> None:
    """It does not take place; one that has begun ends now."""
    await _begin(session, actor)
    shift = await planned_shift(session, actor, shift_id)
    if shift.starts_at > session.now:
        await session.delete(shift)
    else:
        shift.ends_at = session.now
    await _changed(session, actor, "rota.called-off", shift.staff_id)


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
    stands.
    """
    await _begin(session, actor)
    if staff_id is not None:
        await ensure_can_be_on_duty(session, actor, staff_id)
    if last_day < first_day or last_day - first_day > _LONGEST_OFF:
        raise Refused("The last day must lie after the first, by a year at most.")
    said = str(staff_id), first_day.isoformat(), last_day.isoformat()
    time_off_id = id_of(actor.organisation_id, actor, once, "off", *said)
    if await session.get(TimeOff, time_off_id) is not None:
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
    await _changed(session, actor, "rota.off", staff_id)


async def end_time_off(session: Session, actor: Actor, time_off_id: UUID) -> None:
    """Its shifts take place after all, but for those that other time off calls off."""
    await _begin(session, actor)
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
    others = await _time_off(session, actor.organisation_id)
    await _call_off_anew(session, actor.organisation_id, time_off_id, others)
    await _changed(session, actor, "rota.off-ended", staff_id)


async def plan_ahead(session: Session) -> int:
    """The tick: goes on planning shifts of every week. Returns for how many of them it did.

    Needs the service's scope.
    """
    found = await session.scalars(
        select(WeeklyShift)
        .join(Staff, Staff.id == WeeklyShift.staff_id)
        .join(Organisation, Organisation.id == WeeklyShift.organisation_id)
        .where(
            WeeklyShift.ended_at.is_(None),
            WeeklyShift.planned_to < _horizon(session),
            Staff.disabled_at.is_(None),
        )
        .order_by(WeeklyShift.planned_to)
        .limit(at_most(_BATCH))
        # Where somebody plans just now, it is done with the next tick.
        .with_for_update(of=[WeeklyShift, Organisation], key_share=True, skip_locked=True)
    )
    planned: set[UUID] = set()

    async def plan(session: Session, weekly: WeeklyShift) -> None:
        await _plan(session, weekly)
        planned.add(weekly.id)

    async def leave(session: Session, weekly: WeeklyShift) -> None:
        """It is planned with the next tick, or comes up there again."""
        planned.discard(weekly.id)

    await each_by_itself(session, found.all(), plan, leave, "rota.failed")
    return len(planned)


async def _begin(session: Session, actor: Actor) -> None:
    """One plans after the other: a shift that somebody plans meanwhile would be none that time off
    calls off.
    """
    actor.ensure_may(Right.PLAN_DUTY)
    await lock_organisation(session, actor.organisation_id)


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


def calls_off(time_off: TimeOff, shift: Shift, place: ZoneInfo) -> bool:
    """Who works on a holiday has a shift of that day alone, which stands."""
    day = shift.starts_at.astimezone(place).date()
    if not time_off.first_day <= day <= time_off.last_day:
        return False
    if time_off.staff_id is None:
        return shift.weekly_shift_id is not None
    return time_off.staff_id == shift.staff_id


async def _plan(session: Session, weekly: WeeklyShift) -> None:
    """Its shifts from where they are planned to, up to the horizon."""
    organisation_id = weekly.organisation_id
    place, off = await _place(session, organisation_id), await _time_off(session, organisation_id)
    horizon = _horizon(session)
    for day in _days(weekly.planned_to, horizon):
        span = span_on(day, weekly.begins, weekly.ends, place)
        if day.weekday() != weekly.weekday or span is None or span.ends <= session.now:
            continue
        shift = Shift(
            organisation_id=organisation_id,
            staff_id=weekly.staff_id,
            starts_at=span.begins,
            ends_at=span.ends,
            weekly_shift_id=weekly.id,
        )
        shift.time_off_id = _called_off_by(off, shift, place)
        session.add(shift)
    weekly.planned_to = max(weekly.planned_to, horizon)


async def _call_off_anew(
    session: Session, organisation_id: UUID, was: UUID | None, off: Sequence[TimeOff]
) -> None:
    """Of the shifts that are not over: those that this time off called off, or none, do not take
    place where one of these times off wants it so.
    """
    place = await _place(session, organisation_id)
    shifts = await session.scalars(
        select(Shift).where(
            Shift.organisation_id == organisation_id,
            Shift.ends_at > session.now,
            Shift.time_off_id.is_not_distinct_from(was),
        )
    )
    for shift in shifts.all():
        shift.time_off_id = _called_off_by(off, shift, place)


def _called_off_by(off: Sequence[TimeOff], shift: Shift, place: ZoneInfo) -> UUID | None:
    return next((each.id for each in off if calls_off(each, shift, place)), None)


async def _time_off(session: Session, organisation_id: UUID) -> Sequence[TimeOff]:
    found = await session.scalars(
        select(TimeOff).where(
            TimeOff.organisation_id == organisation_id,
            # The organisation's today may be ours of yesterday.
            TimeOff.last_day >= (session.now - timedelta(days=2)).date(),
        )
    )
    return found.all()


async def _place(session: Session, organisation_id: UUID) -> ZoneInfo:
    return zone((await session.get_one(Organisation, organisation_id)).time_zone)


def _today(session: Session, place: ZoneInfo) -> date:
    return session.now.astimezone(place).date()


def _horizon(session: Session) -> date:
    """By one calendar, so that a tick finds nothing left to do after it has done it."""
    return (session.now.astimezone(UTC) + PLANNED_AHEAD).date()


def _days(first: date, end: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((end - first).days))


async def _changed(
    session: Session, actor: Actor, action: str, staff_id: UUID | None, **detail: object
) -> None:
    audit.done_by(session, actor, action, staff_id, **detail)
    await reckon(session, actor.organisation_id)
    session.wakes(Topic.CASES)
