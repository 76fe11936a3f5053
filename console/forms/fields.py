"""What somebody typed or chose in a form, as what it stands for.

Each raises Refused, with the sentence that is given where only the form knows what it asked for.
"""

from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from domain.calendar import YEARS, as_wall_time
from domain.errors import Refused
from domain.marks import N_

_LONGEST: Final = 9


def identifier(given: str, otherwise: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise Refused(otherwise) from None


def day(given: str, otherwise: str = N_("Choose a day.")) -> date:
    try:
        read = date.fromisoformat(given)
    except ValueError:
        raise Refused(otherwise) from None
    if read.year not in YEARS:
        raise Refused(otherwise)
    return read


def month(given: str, year: str) -> date | None:
    """Its first day, or None where neither is chosen."""
    if not given and not year:
        return None
    return day(f"{year}-{given}-01", N_("Choose the month and the year, or neither."))


def wall_time(given: str) -> datetime:
    """A naive day and time: the form says whose clock is meant."""
    otherwise = N_("Choose a day and a time.")
    try:
        read = as_wall_time(given)
    except ValueError:
        raise Refused(otherwise) from None
    if read.tzinfo is not None or read.year not in YEARS:
        raise Refused(otherwise)
    return read


def time_of_day(given: str, otherwise: str) -> time:
    """A naive time of day."""
    try:
        read = time.fromisoformat(given)
    except ValueError:
        raise Refused(otherwise) from None
    if read.tzinfo is not None:
        raise Refused(otherwise)
    return read


def whole(given: str) -> int:
    """A whole number; -1 for what is none, or has more digits than anything counted here."""
    return int(given) if given.isascii() and given.isdigit() and len(given) < _LONGEST else -1


def number(given: str) -> int:
    try:
        return int(given)
    except ValueError:
        raise Refused("Write how many as a number.") from None
