"""Shifts that come every week. They are planned some weeks ahead, so that each is a row of its own,
which can be handed on or called off. Each verb raises NotAllowed or Refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, time, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from domain.actors import Actor
from domain.duty.hours import span_on
from domain.duty.planning import begin, changed, place_of, today
from domain.duty.readiness import PLANNED_AHEAD, reckon
from domain.duty.team import ensure_can_be_on_duty
from domain.duty.time_off import called_off_by, time_off_of
from domain.errors import Refused
from domain.idempotency import came_before, id_of
from domain.one_by_one import each_by_itself
from domain.organisations import lock_organisation
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.duty import Shift, WeeklyShift
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff

_BATCH = 100


@dataclass(frozen=True, slots=True)
class EveryWeek:
    #: Monday is 0.
    weekdays: Iterable[int]
    begins: time
    ends: time
    first_day: date


async def plan_weekly(
    session: Session, actor: Actor, staff_id: UUID, wanted: EveryWeek, once: str = ""
) -> None:
    """From that day on, on each of these weekdays, until it is ended."""
    await begin(session, actor)
    await ensure_can_be_on_duty(session, actor, staff_id)
    days = sorted(set(wanted.weekdays))
    if not days:
        raise Refused("Choose at least one day of the week.")
    here = today(session, await place_of(session, actor.organisation_id))
    begins, ends, first_day = wanted.begins, wanted.ends, max(wanted.first_day, here)
    said = str(staff_id), begins.isoformat(), ends.isoformat(), first_day.isoformat()
    new: list[int] = []
    for weekday in days:
        weekly_id = id_of(actor.organisation_id, actor, once, weekday, *said)
        if await came_before(session, WeeklyShift, weekly_id) is not None:
            continue
        if await _is_theirs(session, staff_id, weekday, wanted):
            raise Refused("They are on duty then already.")
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
        await changed(session, actor, "rota.weekly", staff_id, days=new)


async def _is_theirs(session: Session, staff_id: UUID, weekday: int, wanted: EveryWeek) -> bool:
    """A colleague planned it meanwhile: ending one of the two would leave them on duty."""
    found = await session.scalar(
        select(WeeklyShift.id)
        .where(
            WeeklyShift.staff_id == staff_id,
            WeeklyShift.weekday == weekday,
            WeeklyShift.begins == wanted.begins,
            WeeklyShift.ends == wanted.ends,
            WeeklyShift.ended_at.is_(None),
        )
        .limit(at_most(1))
    )
    return found is not None


async def end_weekly(session: Session, actor: Actor, weekly_id: UUID) -> None:
    """What has not begun of it falls away, but for what a colleague took over: that is theirs."""
    await begin(session, actor)
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
        delete(Shift).where(
            Shift.weekly_shift_id == weekly.id,
            Shift.staff_id == weekly.staff_id,
            Shift.starts_at > session.now,
        )
    )
    await changed(session, actor, "rota.weekly-ended", weekly.staff_id)


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


async def plan_anew(session: Session, organisation_id: UUID) -> None:
    """After the organisation's clock has changed: what comes every week, and is still to come,
    begins and ends by the new one. Whatever was changed of single ones is to be changed again.
    """
    await lock_organisation(session, organisation_id)
    here = today(session, await place_of(session, organisation_id))
    found = await session.scalars(
        select(WeeklyShift)
        .where(WeeklyShift.organisation_id == organisation_id, WeeklyShift.ended_at.is_(None))
        .with_for_update(key_share=True)
    )
    for weekly in found.all():
        to_come = Shift.weekly_shift_id == weekly.id, Shift.starts_at > session.now
        await session.execute(delete(Shift).where(*to_come))
        weekly.planned_to = max(weekly.first_day, here)
        await _plan(session, weekly)
    await reckon(session, organisation_id)


async def _plan(session: Session, weekly: WeeklyShift) -> None:
    """Its shifts from where they are planned to, up to the horizon."""
    organisation_id = weekly.organisation_id
    place, off = (
        await place_of(session, organisation_id),
        await time_off_of(session, organisation_id),
    )
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
        shift.time_off_id = called_off_by(off, shift, place)
        session.add(shift)
    weekly.planned_to = max(weekly.planned_to, horizon)


def _horizon(session: Session) -> date:
    """By one calendar, so that a tick finds nothing left to do after it has done it."""
    return (session.now.astimezone(UTC) + PLANNED_AHEAD).date()


def _days(first: date, end: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((end - first).days))
