"""What a pathway is: an organisation's standard operating procedure, as data."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.calendar import months_after
from domain.questionnaires.values import Words


class Anchor(StrEnum):
    """The day that a stage is reckoned from."""

    DEPARTURE = "departure"
    ARRIVAL = "arrival"


#: The days of one person's journey, as far as they are known.
Days = Mapping[Anchor, date]


class Kind(StrEnum):
    """What is done at a step."""

    CHECK_IN = "check-in"
    #: Something to know, sent to the person.
    INFORMATION = "information"
    #: Something to do, for the staff.
    TASK = "task"


class Unit(StrEnum):
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


_OFFSET = re.compile(r"([+-]?\d{1,4}) (day|week|month)s?")


@dataclass(frozen=True, slots=True)
class Offset:
    """How long after a day, or before it."""

    number: int
    unit: Unit = Unit.DAYS

    @classmethod
    def parse(cls, text: str) -> "Offset | None":
        """Such as "-2 weeks"; None for anything else."""
        found = _OFFSET.fullmatch(text.strip())
        return cls(int(found[1]), Unit(f"{found[2]}s")) if found else None

    def __str__(self) -> str:
        unit = self.unit.removesuffix("s") if abs(self.number) == 1 else self.unit
        return f"{self.number} {unit}"

    def after(self, day: date) -> date:
        """The end of a month stays the end of a month."""
        match self.unit:
            case Unit.DAYS:
                return day + timedelta(days=self.number)
            case Unit.WEEKS:
                return day + timedelta(weeks=self.number)
            case Unit.MONTHS:
                return months_after(day, self.number)


@dataclass(frozen=True, slots=True)
class Step:
    #: Unique within the pathway, and the same in all its versions.
    key: str
    kind: Kind
    due: Offset
    #: On the clock where the person is.
    at: time
    #: How late it may still be sent; a task is done whenever it is done.
    hours_late: int
    #: What is to be done, or said to the person; of a check-in, nothing.
    text: Words | None = None
    #: What a check-in asks: a key of the shelf.
    questionnaire: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    key: str
    name: Words
    anchor: Anchor
    steps: tuple[Step, ...] = ()
    #: Only for those for whom it is chosen.
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Pathway:
    key: str
    version: int
    name: Words
    stages: tuple[Stage, ...] = field(default=())

    @property
    def edition(self) -> str:
        return f"{self.key}@{self.version}"

    @property
    def steps(self) -> Iterator[tuple[Stage, Step]]:
        return ((stage, step) for stage in self.stages for step in stage.steps)

    @property
    def optional(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if stage.optional)

    @property
    def asks(self) -> frozenset[str]:
        """Keys of questionnaires."""
        return frozenset(step.questionnaire for _, step in self.steps if step.questionnaire)

    def step(self, key: str) -> Step | None:
        return next((step for _, step in self.steps if step.key == key), None)


def local_time(stage: Stage, step: Step, days: Days) -> datetime | None:
    """When a step is due, as the clock on the wall shows it; None before its day is known."""
    day = days.get(stage.anchor)
    return datetime.combine(step.due.after(day), step.at) if day else None
