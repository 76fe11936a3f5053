"""What hangs on services and places alike: phones, opening hours, languages."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar, get_args

from domain.directory.files import cells
from domain.directory.files.clocks import Clocks
from domain.directory.files.reader import Faults, one_of
from domain.directory.files.tables import OWNERS, Row, Tables
from domain.directory.values import Frequency, Phone, Schedule

T = TypeVar("T")

_FREQUENCY = one_of({kind.casefold(): kind for kind in get_args(Frequency)})
_DAY = re.compile(r"([+-]?[1-5])?([A-Z]{2,})")
# And one that is shortened in its middle.
_DAYS = (
    "MONDAYS", "TUESDAYS", "WEDNESDAYS", "THURSDAYS", "FRIDAYS", "SATURDAYS", "SUNDAYS", "WEDS",
)  # fmt: skip
_NUMBERS = re.compile(r"-?\d{1,3}(?:,-?\d{1,3})*")


class Details:
    def __init__(self, tables: Tables, faults: Faults) -> None:
        self._faults = faults
        # A contact's phone is a member of staff's phone.
        self._phones = _owned([row for row in tables["phones"] if not row["contact_id"]])
        self._schedules = _owned(tables["schedules"])
        self._languages = {
            owner: tables.by("languages", owner)
            for owner in ("phone_id", "service_id", "location_id")
        }

    def phones(self, owner: str, identity: str) -> tuple[Phone, ...]:
        rows = self._phones.get((owner, identity), ())
        return _distinct(phone for row in rows for phone in self._phones_in(row))

    def schedules(self, owner: str, identity: str, country: str) -> tuple[Schedule, ...]:
        rows = self._schedules.get((owner, identity), ())
        return _distinct(self._schedule(row, country) for row in rows)

    def languages(self, owner: str, identity: str) -> tuple[str, ...]:
        rows = self._languages[owner].get(identity, ())
        named = (code for row in rows for code in cells.languages_of(row["code"] or row["name"]))
        return tuple(dict.fromkeys(named))

    def _phones_in(self, row: Row) -> Iterator[Phone]:
        if not row["number"]:
            self._faults.note(row, "number", "The phone number is empty.")
        texts = self._faults.texts(row, "extension", "type", "description")
        languages = self.languages("phone_id", row["id"]) if row["id"] else ()
        for number in self._faults.value(row, "number", cells.phones_of) or ():
            yield Phone(number=number, languages=languages, **texts)

    def _schedule(self, row: Row, country: str) -> Schedule | None:
        read = {column: self._faults.value(row, column, parse) for column, parse in _WHEN.items()}
        clocks = Clocks(country, read["valid_from"], read["valid_to"] or read["until"])
        read["opens_at"] = self._faults.value(row, "opens_at", clocks.opening)
        read["closes_at"] = self._faults.value(row, "closes_at", clocks.closing)
        if any(row[column] and value is None for column, value in read.items()):
            # A fault took away something of when the doors are open: better no hours than wrong
            # ones.
            return None
        until = read.pop("until")
        said: dict[str, Any] = {name: value for name, value in read.items() if value}
        return Schedule(
            **{"valid_to": until, **said}, description=self._faults.text(row, "description")
        )


def owner_of(row: Row) -> tuple[str, str] | None:
    """By which column it names whom it belongs to, and whom."""
    return next(((column, row[column]) for column in OWNERS if row[column]), None)


def _owned(rows: list[Row]) -> dict[tuple[str, str], list[Row]]:
    owned: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if owner := owner_of(row):
            owned[owner].append(row)
    return owned


def _distinct(values: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))


def _days_of(text: str) -> str:
    return ",".join(map(_day_of, re.split(r"[,;\s]+", text.upper().strip(",; "))))


def _day_of(text: str) -> str:
    """However much of its name is written: "Mo", "Tues", "Fridays". What goes on otherwise, such
    as "Weekdays" or "MoTuWe", is none of them, or more than one.
    """
    day = _DAY.fullmatch(text)
    if not day or not any(name.startswith(day[2]) for name in _DAYS):
        raise ValueError("is no list of days, such as MO,TU")
    return (day[1] or "") + day[2][:2]


def _numbers_of(text: str) -> str:
    numbers = text.replace(" ", "")
    if not _NUMBERS.fullmatch(numbers):
        raise ValueError("is no list of numbers")
    return numbers


#: What says on which days the doors are open, and how it is read.
_WHEN: dict[str, Callable[[str], Any]] = {
    "freq": _FREQUENCY,
    "byday": _days_of,
    "interval": cells.whole_of,
    "count": cells.whole_of,
    "dtstart": cells.date_of,
    "valid_from": cells.date_of,
    "valid_to": cells.date_of,
    "until": cells.date_of,
    "bymonthday": _numbers_of,
    "byweekno": _numbers_of,
    "byyearday": _numbers_of,
}
