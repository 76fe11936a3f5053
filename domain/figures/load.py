"""What there was to do, and how many hours somebody was there for it: never who."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Date,
    DateTime,
    Integer,
    Values,
    column,
    distinct,
    extract,
    func,
    or_,
    select,
    union_all,
    values,
)

from domain.figures.periods import Period
from domain.figures.suppression import SMALLEST, rounded
from storage.sessions import Session
from storage.tables.duty import Shift
from storage.tables.waits import PastWait, Wait

_INSTANT = DateTime(timezone=True)


@dataclass(frozen=True, slots=True)
class Load:
    """Rounded down; 0 for nobody and for fewer than five alike."""

    period: Period
    #: How often a human was needed: cases that were opened, became graver, opened again, or came to
    #: owe one more answer.
    calls: int
    #: At the end of it.
    open: int
    #: Of all who were on duty, together.
    duty_hours: int

    @property
    def hours_per_call(self) -> float | None:
        return self.duty_hours / self.calls if self.calls and self.duty_hours else None


async def load_of(session: Session, organisation_id: UUID, periods: Sequence[Period]) -> list[Load]:
    """Each period's, in order."""
    calls = await _calls(session, organisation_id, periods)
    still_open = await _open(session, organisation_id, periods)
    hours = await _duty_hours(session, organisation_id, periods)
    return [
        Load(
            period,
            rounded(calls.get(number, 0), SMALLEST),
            rounded(still_open.get(number, 0), SMALLEST),
            round(hours.get(number, 0)),
        )
        for number, period in enumerate(periods)
    ]


async def _calls(
    session: Session, organisation_id: UUID, periods: Sequence[Period]
) -> dict[int, int]:
    each = _each(periods)
    calls = union_all(
        select(each.c.number)
        .join(Wait, (Wait.began_at >= each.c.begins) & (Wait.began_at < each.c.ends))
        .where(Wait.organisation_id == organisation_id),
        select(each.c.number)
        .join(PastWait, PastWait.day.between(each.c.first_day, each.c.last_day))
        .where(PastWait.organisation_id == organisation_id),
    ).subquery()
    found = await session.execute(select(calls.c.number, func.count()).group_by(calls.c.number))
    return dict(found.all())


async def _open(
    session: Session, organisation_id: UUID, periods: Sequence[Period]
) -> dict[int, int]:
    each = _each(periods)
    not_closed = or_(Wait.closed_at.is_(None), Wait.closed_at >= each.c.ends)
    found = await session.execute(
        select(each.c.number, func.count(distinct(Wait.case_id)))
        .join(Wait, (Wait.began_at < each.c.ends) & not_closed)
        .where(Wait.organisation_id == organisation_id)
        .group_by(each.c.number)
    )
    return dict(found.all())


async def _duty_hours(
    session: Session, organisation_id: UUID, periods: Sequence[Period]
) -> dict[int, float]:
    """A shift without an end goes on; whoever has two at a time is there once."""
    each = _each(periods)
    begins = func.greatest(Shift.starts_at, each.c.begins)
    ends = func.least(Shift.ends_at, each.c.ends)
    # One that was ended at the moment in which it began may end before that by a hair.
    span = func.tstzrange(begins, func.greatest(begins, ends))
    spans = func.unnest(func.range_agg(span))
    there = (
        select(each.c.number, spans.label("span"))
        .join(
            Shift,
            (Shift.starts_at < each.c.ends)
            & or_(Shift.ends_at.is_(None), Shift.ends_at > each.c.begins),
        )
        .where(Shift.organisation_id == organisation_id, Shift.time_off_id.is_(None))
        .group_by(each.c.number, Shift.staff_id)
        .subquery()
    )
    seconds = extract("epoch", func.upper(there.c.span) - func.lower(there.c.span))
    hours = func.sum(seconds) / 3600
    found = await session.execute(select(there.c.number, hours).group_by(there.c.number))
    return {number: float(each_hours) for number, each_hours in found}


def _each(periods: Sequence[Period]) -> Values:
    rows: list[tuple[int, datetime, datetime, date, date]] = [
        (number, each.begins, each.ends, each.first_day, each.last_day)
        for number, each in enumerate(periods)
    ]
    return values(
        column("number", Integer),
        column("begins", _INSTANT),
        column("ends", _INSTANT),
        column("first_day", Date),
        column("last_day", Date),
        name="period",
    ).data(rows)
