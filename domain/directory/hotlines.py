"""Telephone lines of each country, and how sure it is that somebody answers.

They stand in `hotlines.toml`; what staff find out by calling stands in `calls.py`.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Literal

from pydantic import TypeAdapter

from domain.marks import N_

#: A test call proves less with every month.
TESTED_FOR_DAYS = 180
# 112 is everybody's by law there, also in the EEA.
_EUROPEAN = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
)


class Answers(StrEnum):
    """Who picks up, in the order in which lines are offered to a child."""

    SUPPORT = "support"
    CHILD = "child"
    EMERGENCY = "emergency"
    #: A state office that takes reports.
    AUTHORITY = "authority"
    POLICE = "police"


WHO_ANSWERS = {
    Answers.SUPPORT: N_("people who support and listen"),
    Answers.CHILD: N_("people who help children"),
    Answers.EMERGENCY: N_("the emergency service"),
    Answers.AUTHORITY: N_("a state office"),
    Answers.POLICE: N_("the police"),
}


@dataclass(frozen=True, slots=True)
class Hotline:
    country: str
    number: str
    name: str
    answers: Answers
    #: trafficking, violence, suicide, children, danger …
    about: str
    source: str
    #: "24/7" or "09:00-19:00"; None, not known.
    hours: str | None = None
    languages: tuple[str, ...] = ()
    #: As the line itself states it; `languages` are those of them that we know.
    languages_in_all: int | None = None
    cost: Literal["free", "charged"] | None = None
    reachable_from: Literal["inside", "anywhere"] | None = None
    #: The number of the same line from other countries.
    abroad: str | None = None
    #: When somebody last called and was answered.
    verified_on: date | None = None
    #: When somebody last called, and nobody answered.
    unanswered_on: date | None = None
    #: Why it may not answer.
    doubt: str | None = None

    def is_certain(self, today: date) -> bool:
        """Only what was tested lately. Anything else is shown with the words that say so."""
        return _is_lately(self.verified_on, today)

    def is_silent(self, today: date) -> bool:
        """Nobody answered there lately."""
        return _is_lately(self.unanswered_on, today)

    @property
    def may_be_tried(self) -> bool:
        """Nobody calls those who save lives only to see whether they answer."""
        return self.answers not in (Answers.EMERGENCY, Answers.POLICE)

    def called(self, call: "Call | None") -> "Hotline":
        """As that call found it, if nobody wrote down a later one."""
        if call is None or (self.verified_on or date.min) > call.on:
            return self
        answered, unanswered = (call.on, None) if call.answered else (None, call.on)
        return replace(self, verified_on=answered, unanswered_on=unanswered)


def _is_lately(tested: date | None, today: date) -> bool:
    return tested is not None and -1 <= (today - tested).days <= TESTED_FOR_DAYS


@dataclass(frozen=True, slots=True)
class Call:
    """The last one to a line."""

    on: date
    answered: bool


#: By the country and the number of the line.
Calls = Mapping[tuple[str, str], Call]
NO_CALLS: Calls = {}


def numbers_for(
    country: str | None, today: date, calls: Calls = NO_CALLS, *, is_for_child: bool = False
) -> list[Hotline]:
    return offered(lines_of(country, calls), today, is_for_child=is_for_child)


def offered(lines: Iterable[Hotline], today: date, *, is_for_child: bool = False) -> list[Hotline]:
    """Support before police, and for adults what is for children behind them all; of each kind
    what did not answer lately comes last. A doubted line that nobody has tested lately is left out.
    """

    def place(line: Hotline) -> tuple[bool, int, bool]:
        is_last = line.answers is Answers.CHILD and not is_for_child
        return is_last, list(Answers).index(line.answers), line.is_silent(today)

    return sorted((line for line in lines if not line.doubt or line.is_certain(today)), key=place)


def who_can_come(country: str | None, today: date, calls: Calls) -> list[Hotline]:
    """Who can act on the spot, for a worker to call: the emergency service before everybody else.

    As for those in danger, what nobody has tested is there, and is to be shown as untested.
    """
    lines = numbers_for(country, today, calls)
    return sorted(lines, key=lambda line: line.answers is not Answers.EMERGENCY)


def emergency_number(country: str | None) -> str | None:
    """The one to call in danger, from a mobile phone; None where we know none for sure enough."""
    sure = [line for line in lines_of(country) if line.about == "danger" and not line.doubt]
    numbers = [line.number for line in sure]
    return "112" if "112" in numbers else next(iter(numbers), None)


def lands_with_lines() -> list[str]:
    return sorted({*_EUROPEAN.split(), *(line.country for line in _packaged())})


def lines_of(country: str | None, calls: Calls = NO_CALLS) -> list[Hotline]:
    """All that we know, doubted or not, with 112 wherever that is the law, if nobody has written
    down more of it.
    """
    lines = [line for line in _packaged() if line.country == country]
    if country in _EUROPEAN.split() and "112" not in {line.number for line in lines}:
        lines.append(_by_law(country))
    return [line.called(calls.get((line.country, line.number))) for line in lines]


def _by_law(country: str) -> Hotline:
    return Hotline(
        country,
        "112",
        N_("Emergency number"),
        Answers.EMERGENCY,
        about="danger",
        source="Directive (EU) 2018/1972, article 109",
        reachable_from="inside",
    )


@lru_cache(maxsize=1)
def _packaged() -> tuple[Hotline, ...]:
    text = resources.files("domain.directory").joinpath("hotlines.toml").read_text("utf-8")
    lines = TypeAdapter(tuple[Hotline, ...])
    return lines.validate_python(tomllib.loads(text)["lines"])
