"""Months on a calendar, whose days are not equally many."""

from calendar import monthrange
from datetime import date
from typing import TypeVar

_Day = TypeVar("_Day", bound=date)


def months_after(day: _Day, number: int) -> _Day:
    """The same day of the month so many later, or earlier if negative; of one that is too short,
    its last.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    last = monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))
