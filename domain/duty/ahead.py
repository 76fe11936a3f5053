"""Where nobody is planned for declared hours to come."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from domain.calendar import instant, zone
from domain.cases.holidays import is_holiday
from domain.duty.coverage import Gap, gaps
from domain.duty.hours import Span, hours_of, spans_on
from domain.duty.team import fallback_of
from storage.sessions import Session
from storage.tables.duty import Shift, TimeOff
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff


async def gaps_ahead(session: Session, organisation: Organisation, until: datetime) -> list[Gap]:
    """Where its declared hours are without somebody, or a second, from now until then.

    Whoever is on duty until they say otherwise is planned for nothing.
    """
    place, now = zone(organisation.time_zone), session.now
    # Hours that began yesterday may reach into today.
    first = now.astimezone(place).date() - timedelta(days=1)
    found = await session.scalars(
        select(TimeOff).where(TimeOff.organisation_id == organisation.id, TimeOff.last_day >= first)
    )
    off = found.all()
    days = [first + timedelta(days=number) for number in range((until - now).days + 3)]
    open_days = [day for day in days if not is_holiday(day, off)]
    ahead = Span(now, until)
    declared = [
        within
        for span in spans_on(open_days, hours_of(organisation), place)
        if (within := _within(span, ahead)) is not None
    ]
    shifts = [
        (shift.staff_id, Span(shift.starts_at, shift.ends_at))
        for shift in await shifts_in(session, organisation.id, ahead)
        if shift.ends_at is not None
    ]
    fallback = {staff.id for staff in await fallback_of(session, organisation)}
    return gaps(declared, shifts, fallback, _away(off, place))


async def shifts_in(session: Session, organisation_id: UUID, span: Span) -> Sequence[Shift]:
    """Planned ones that take place at any time of it, of those who still work here."""
    found = await session.scalars(
        select(Shift)
        .join(Staff, Staff.id == Shift.staff_id)
        .where(
            Shift.organisation_id == organisation_id,
            Shift.time_off_id.is_(None),
            Shift.starts_at < span.ends,
            Shift.ends_at > span.begins,
            Staff.disabled_at.is_(None),
        )
        .order_by(Shift.starts_at, Shift.id)
    )
    return found.all()


def _away(off: Sequence[TimeOff], place: ZoneInfo) -> list[tuple[UUID, Span]]:
    """Whoever has time off is nobody to fall back on."""
    midnight = time()
    return [
        (
            each.staff_id,
            Span(
                instant(datetime.combine(each.first_day, midnight), place),
                instant(datetime.combine(each.last_day + timedelta(days=1), midnight), place),
            ),
        )
        for each in off
        if each.staff_id is not None
    ]


def _within(span: Span, limits: Span) -> Span | None:
    begins, ends = max(span.begins, limits.begins), min(span.ends, limits.ends)
    return Span(begins, ends) if begins < ends else None
