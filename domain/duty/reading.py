"""The rota as the team sees it: a week of shifts, and where nobody is planned in the week ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from domain.actors import Actor, Right
from domain.calendar import begin_of_week, zone
from domain.cases.holidays import is_holiday
from domain.cases.terms import Terms, terms_of
from domain.countries import first_weekday
from domain.duty.ahead import gaps_ahead, shifts_in
from domain.duty.coverage import Gap
from domain.duty.declaring import Marks, marks_of
from domain.duty.drills import DrillSeen, last_drill
from domain.duty.hours import Hours, Span, hours_of, spans_on
from domain.duty.readiness import WEEK, Missing, what_is_missing
from domain.duty.swaps import may_take
from domain.duty.team import fallback_of, who_can_be_on_duty
from domain.staff.team import names_of_all
from storage.sessions import Session
from storage.tables.duty import Shift, TimeOff, WeeklyShift
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff


@dataclass(frozen=True, slots=True)
class ShiftLine:
    id: UUID
    who: str
    begins: datetime
    ends: datetime
    mine: bool
    offered: bool
    #: Offered, and the reader may take it.
    for_me: bool


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    #: The declared hours that begin on it.
    declared: Span | None
    holiday: bool
    shifts: Sequence[ShiftLine]


@dataclass(frozen=True, slots=True)
class WeeklyLine:
    id: UUID
    who: str
    weekly: WeeklyShift


@dataclass(frozen=True, slots=True)
class OffLine:
    id: UUID
    #: None for everybody.
    who: str | None
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Rota:
    days: Sequence[Day]
    #: From that on which a week begins where they are; Monday is 0.
    weekdays: Sequence[int]
    gaps: Sequence[Gap]
    hours: Hours
    weekly: Sequence[WeeklyLine]
    off: Sequence[OffLine]
    #: Who can be on duty, by id.
    team: Sequence[tuple[UUID, str]]
    fallback: Sequence[UUID]
    #: None where nothing keeps the gate shut.
    missing: Missing | None
    drill: DrillSeen | None
    terms: Terms
    marks: Marks


async def read_rota(session: Session, actor: Actor, day: date) -> Rota:
    """The week of that day, on the organisation's calendar; the gaps are those from now on."""
    organisation = await session.get_one(Organisation, actor.organisation_id)
    place = zone(organisation.time_zone)
    first = first_weekday(organisation.country)
    first_day = begin_of_week(day, first)
    weekdays = [(first + number) % 7 for number in range(7)]
    names = await names_of_all(session, actor.organisation_id)
    off = await _time_off(session, actor)
    shifts = await shifts_in(session, organisation.id, _week_from(first_day, place))
    hours = hours_of(organisation)
    team = await who_can_be_on_duty(session, organisation.id)
    return Rota(
        days=[
            Day(
                day,
                next(iter(spans_on([day], hours, place)), None),
                is_holiday(day, off),
                [_line(shift, names, actor) for shift in shifts if _day_of(shift, place) == day],
            )
            for day in (first_day + timedelta(days=number) for number in range(7))
        ],
        weekdays=weekdays,
        gaps=await gaps_ahead(session, organisation, session.now + WEEK),
        hours=hours,
        weekly=await _weekly(session, actor, names, weekdays),
        off=[_off_line(each, names) for each in off],
        team=[(staff.id, names[staff.id]) for staff in team],
        fallback=[staff.id for staff in await fallback_of(session, organisation)],
        missing=await what_is_missing(session, organisation),
        drill=await last_drill(session, actor) if actor.may(Right.PLAN_DUTY) else None,
        terms=terms_of(organisation.settings),
        marks=marks_of(organisation),
    )


async def _weekly(
    session: Session, actor: Actor, names: dict[UUID | None, str], weekdays: Sequence[int]
) -> Sequence[WeeklyLine]:
    if not actor.may(Right.PLAN_DUTY):
        return []
    found = await session.scalars(
        select(WeeklyShift)
        .join(Staff, Staff.id == WeeklyShift.staff_id)
        .where(
            WeeklyShift.organisation_id == actor.organisation_id,
            WeeklyShift.ended_at.is_(None),
            Staff.disabled_at.is_(None),
        )
        .order_by(WeeklyShift.begins, WeeklyShift.id)
    )
    lines = [WeeklyLine(each.id, names[each.staff_id], each) for each in found]
    return sorted(lines, key=lambda line: weekdays.index(line.weekly.weekday))


async def _time_off(session: Session, actor: Actor) -> Sequence[TimeOff]:
    found = await session.scalars(
        select(TimeOff)
        .where(
            TimeOff.organisation_id == actor.organisation_id,
            TimeOff.last_day >= (session.now - WEEK).date(),
        )
        .order_by(TimeOff.first_day, TimeOff.id)
    )
    return found.all()


def _off_line(off: TimeOff, names: dict[UUID | None, str]) -> OffLine:
    who = names[off.staff_id] if off.staff_id else None
    return OffLine(off.id, who, off.first_day, off.last_day)


def _line(shift: Shift, names: dict[UUID | None, str], actor: Actor) -> ShiftLine:
    assert shift.ends_at is not None
    return ShiftLine(
        shift.id,
        names[shift.staff_id],
        shift.starts_at,
        shift.ends_at,
        mine=shift.staff_id == actor.staff_id,
        offered=shift.offered_at is not None,
        for_me=may_take(shift, actor),
    )


def _day_of(shift: Shift, place: ZoneInfo) -> date:
    return shift.starts_at.astimezone(place).date()


def _week_from(first_day: date, place: ZoneInfo) -> Span:
    begins = datetime.combine(first_day, datetime.min.time(), place)
    return Span(begins, datetime.combine(first_day + WEEK, datetime.min.time(), place))
