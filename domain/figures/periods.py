"""Weeks, months and quarters that are over, on an organisation's calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from domain.calendar import instant, monday_of

#: So long after the end of a quarter or a year the last of its check-ins is over, which may be two
#: weeks late, and put off by some days; and a week has passed.
OVER = timedelta(days=24)
_WEEK = timedelta(days=7)
#: So many are laid side by side.
MOST = 12


class Step(StrEnum):
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    first_day: date
    last_day: date
    begins: datetime
    #: Lies outside.
    ends: datetime

    def until(self, other: "Period") -> "Period":
        """From the beginning of this one to the end of the other."""
        return Period(self.first_day, other.last_day, self.begins, other.ends)


def periods(step: Step, now: datetime, place: ZoneInfo, count: int = MOST) -> list[Period]:
    """The last ones that are over, the oldest first."""
    firsts = sorted(_first_days(step, now.astimezone(place).date(), count))
    return [_between(day, after, place) for day, after in pairwise(firsts)]


def quarters(now: datetime, place: ZoneInfo, count: int) -> list[Period]:
    """The last ones that are over, the newest first."""
    firsts = [_quarter(now.astimezone(place).date())]
    for _ in range(count):
        firsts.append(_quarter(firsts[-1] - timedelta(days=1)))
    return [_between(day, after, place) for after, day in pairwise(firsts)]


def _quarter(day: date) -> date:
    """The first day of the one that it lies in."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def _between(day: date, after: date, place: ZoneInfo) -> Period:
    begins, ends = (instant(datetime.combine(each, time()), place) for each in (day, after))
    return Period(day, after - timedelta(days=1), begins, ends)


def _first_days(step: Step, today: date, count: int) -> Iterator[date]:
    """Of this one, which is not over, and of so many before it."""
    day = monday_of(today) if step is Step.WEEK else today.replace(day=1)
    for _ in range(count + 1):
        yield day
        before = day - timedelta(days=1)
        day = day - _WEEK if step is Step.WEEK else before.replace(day=1)
