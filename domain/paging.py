"""Long lists, a page at a time. No page costs more because the list has grown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

MOST: Final = 50

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Page(Generic[Line]):
    """Lines in the list's order; the next page begins after the last of them."""

    lines: Sequence[Line]
    more: bool

    @classmethod
    def of(cls, found: Sequence[Line], most: int = MOST) -> "Page[Line]":
        """From one line more than the page holds, if there are so many."""
        return cls(found[:most], len(found) > most)

    @property
    def count(self) -> str:
        """How many there are, as far as this page knows; nothing where there are none."""
        return f"{len(self.lines) or ''}{'+' if self.more else ''}"


#: Nobody needs to know how many more there are.
COUNTED: Final = 100


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; of `COUNTED` or more, no more are looked at."""

    number: int

    def __bool__(self) -> bool:
        return self.number > 0

    def __str__(self) -> str:
        return str(self.number) if self.number < COUNTED else f"{COUNTED - 1}+"
