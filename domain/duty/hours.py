"""The hours in which an organisation says that somebody is there, by its own clocks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import instant
from storage.tables.organisations import Organisation

#: Under which name they stand in the settings of an organisation.
HOURS = "duty_hours"

#: From when to when by weekday, of which Monday is 0; a day that is not there has none.
Hours = Mapping[int, tuple[time, time]]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From an instant until another, which lies outside."""

    begins: datetime
    ends: datetime


def span_on(day: date, begins: time, ends: time, place: ZoneInfo) -> Span | None:
    """Of that day's clocks; an end that is not after the beginning is on the day after.

    None where a clock change leaps over all of it.
    """
    last = day if begins < ends else day + timedelta(days=1)
    span = Span(
        instant(datetime.combine(day, begins), place), instant(datetime.combine(last, ends), place)
    )
    return span if span.begins < span.ends else None


def spans_on(days: Iterable[date], hours: Hours, place: ZoneInfo) -> list[Span]:
    """The declared hours of these days."""
    found = (span_on(day, *hours[day.weekday()], place) for day in days if day.weekday() in hours)
    return [span for span in found if span is not None]


def hours_of(organisation: Organisation) -> Hours:
    """None at all while it has declared none."""
    kept = organisation.settings.get(HOURS, {})
    return {
        int(day): (time.fromisoformat(begins), time.fromisoformat(ends))
        for day, (begins, ends) in kept.items()
    }
