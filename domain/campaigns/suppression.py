"""Numbers small enough to point at a person are not shown."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

SMALLEST = 5
SMALLEST_SENSITIVE = 10

Cell = TypeVar("Cell", bound=Hashable)


def suppress(counts: Mapping[Cell, int], smallest: int) -> dict[Cell, int | None]:
    """None for every cell below `smallest`, and for as many more as it takes to hide those.

    Whoever knows the total must not be able to work a small cell out: what is hidden adds up to
    `smallest` at least, or everything is hidden.
    """
    shown: dict[Cell, int | None] = dict(counts)
    hidden = 0
    for cell, count in sorted(counts.items(), key=lambda item: item[1]):
        if count >= smallest and (hidden >= smallest or None not in shown.values()):
            break
        shown[cell] = None
        hidden += count
    return shown
