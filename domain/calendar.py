"""Days, weeks, months and times of day somewhere, as clocks and calendars there have them."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: A year outside of these is a slip of the finger, and later sums with it would overflow.
YEARS: Final = range(1900, 9000)
#: Until somebody says otherwise.
FOR_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)

_Day = TypeVar("_Day", bound=date)


def zone(name: str) -> ZoneInfo:
    """The zone, or UTC when this machine doesn't know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def local_day(moment: datetime, time_zone: str) -> date:
    """Which day it is then by the calendars of that zone."""
    return moment.astimezone(zone(time_zone)).date()


def as_wall_time(written: str) -> datetime:
    """A day and a time of day, such as 2026-05-05T18:00. Raises ValueError, for a day alone, too:
    nobody who writes one means midnight.
    """
    if ":" not in written:
        raise ValueError("there is no time of day")
    return datetime.fromisoformat(written)


def monday_of(day: date) -> date:
    """The Monday of the week that the day lies in."""
    return begin_of_week(day, 0)


def begin_of_week(day: date, weekday: int) -> date:
    """The first day of the week that the day lies in, where weeks begin on that weekday; Monday is
    0.
    """
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def months_after(day: _Day, number: int) -> _Day:
    """The same day so many months later, or earlier if negative; the last day of a month that is
    too short for it.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    last = monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def instant(local_time: datetime, place: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the clocks there show that (naive) time or a later one.

    A time that happens twice is its first; one that a clock change leaps over is the change.
    """
    shown = local_time.replace(tzinfo=place, fold=0)
    if _exists(shown):
        return shown.astimezone(UTC)
    # In a leap, fold=1 reckons with the offset after it, which lands before it, and fold=0
    # the other way round: the change lies between the two.
    before, after = shown.replace(fold=1).astimezone(UTC), shown.astimezone(UTC)
    offset_before = before.astimezone(place).utcoffset()
    while after - before > timedelta(microseconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(place).utcoffset() == offset_before:
            before = middle
        else:
            after = middle
    return after


def minutes_since(began: datetime, now: datetime) -> int:
    """Whole minutes; none where the clock was ahead when it began, so that it begins later."""
    return max(now - began, timedelta()) // timedelta(minutes=1)


def _exists(shown: datetime) -> bool:
    back = shown.astimezone(UTC).astimezone(shown.tzinfo)
    return back.replace(tzinfo=None) == shown.replace(tzinfo=None)
