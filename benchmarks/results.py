"""What a benchmark found: each figure beside a peer or a limit that the same run measured."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One figure. A goal is for its ratio to the peer's: at least or at most so much."""

    name: str
    figure: float
    unit: str
    peer: str = ""
    peer_figure: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    #: Spread, sizes, and what else a reader needs for a fair judgement.
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.figure / self.peer_figure if self.peer_figure else None

    @property
    def goal(self) -> str:
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""

    @property
    def reached(self) -> bool | None:
        """None where there is no goal, or nothing to hold against it."""
        if self.ratio is None or not self.goal:
            return None
        above = self.at_least is None or self.ratio >= self.at_least
        return above and (self.at_most is None or self.ratio <= self.at_most)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "figure": self.figure,
            "unit": self.unit,
            "peer": self.peer or None,
            "peer_figure": self.peer_figure,
            "ratio": self.ratio,
            "goal": self.goal or None,
            "reached": self.reached,
            "note": self.note,
        }

    def cells(self) -> tuple[str, ...]:
        """As in HEADINGS."""
        peer = f"{self.peer}: {readable(self.peer_figure)}" if self.peer_figure else self.peer
        return (
            self.name,
            f"{readable(self.figure)} {self.unit}",
            peer,
            "" if self.ratio is None else f"{self.ratio:.2f}",
            self.goal,
            {True: "yes", False: "no", None: ""}[self.reached],
            self.note,
        )


@dataclass(frozen=True, slots=True)
class Rounds:
    """The same measurement, again and again, with others in between."""

    figures: list[float] = field(default_factory=list)

    def add(self, figure: float) -> None:
        self.figures.append(figure)

    @property
    def median(self) -> float:
        return median(self.figures)

    @property
    def spread(self) -> str:
        return f"{readable(min(self.figures))}-{readable(max(self.figures))}"


HEADINGS = ("what", "figure", "peer or limit", "ratio", "goal", "reached", "note")


def readable(figure: float | None) -> str:
    """Three digits that count."""
    if figure is None:
        return ""
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.3g}"


def markdown(results: Sequence[Result]) -> str:
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(result.cells() for result in results)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
