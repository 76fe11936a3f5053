"""What is said of a whole year, to be read by anybody: a donor, a board, the press."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from domain.figures.first_actions import FirstActions
from domain.figures.publication import Figures, Sum
from domain.figures.suppression import SMALLEST, classes, rounded
from domain.figures.uncertainty import Share, share_of
from storage.kinds import Severity


@dataclass(frozen=True, slots=True)
class Part:
    """All there are of one kind, each in one cell; those that are rare are one sum."""

    base: int
    sums: tuple[Sum, ...]

    @classmethod
    def of(cls, counts: Mapping[Any, int]) -> "Part":
        """Nothing where there are fewer than five of them."""
        whole = sum(counts.values())
        if whole < SMALLEST:
            return cls(0, ())
        rows: Mapping[Hashable, tuple[int]] = {str(cell): (n,) for cell, n in counts.items()}
        sums = [
            Sum(
                tuple(map(str, cells)),
                rounded(sum(n for cell in cells for n in rows[cell]), SMALLEST),
            )
            for cells in classes(rows, SMALLEST)
        ]
        return cls(rounded(whole, SMALLEST), tuple(sums))


@dataclass(frozen=True, slots=True)
class Promise:
    """How soon a human acted, of one severity; where it was fewer than five times, nothing."""

    severity: Severity
    waits: int
    in_time: int
    late: int
    never: int
    #: None where more than half were not answered at all.
    median: timedelta | None

    @property
    def share(self) -> Share | None:
        """In time."""
        return share_of(self.in_time, self.waits) if self.waits else None

    @classmethod
    def of(cls, severity: Severity, found: FirstActions | None) -> "Promise":
        if found is None or found.few:
            return cls(severity, 0, 0, 0, 0, None)
        span = found.median.span if found.median else None
        return cls(severity, found.waits, found.in_time, found.late, found.never, span)


@dataclass(frozen=True, slots=True)
class Drills:
    started: int
    passed: int


@dataclass(frozen=True, slots=True)
class Year:
    #: Whom the organisation accompanied, by whether they came that year.
    people: Part
    #: How far the best of each person's check-ins came, and what they said last that they need.
    answers: Figures
    promises: tuple[Promise, ...]
    drills: Drills
    #: About staff, by whether they are closed.
    complaints: Part
    #: Other organisations asked for help, by what was said to that; and whether it came.
    referrals_received: Part
    help_given: Part
    #: Other organisations were asked for help, the same.
    referrals_made: Part
    help_got: Part

    def to_keep(self) -> dict[str, Any]:
        kept: dict[str, Any] = _KEPT.dump_python(self, mode="json")
        return kept

    @classmethod
    def kept(cls, kept: dict[str, Any]) -> "Year":
        return _KEPT.validate_python(kept)


_KEPT = TypeAdapter(Year)
