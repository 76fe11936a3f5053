"""Numbers small enough to point at a person are not shown, nor can they be worked out.

Nothing is blotted out: what is too small is added to its neighbours, until every sum that is shown
is large enough in every group. docs/decisions/ says why nobody can take these sums apart again.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

SMALLEST = 5
SMALLEST_SENSITIVE = 10
#: So many must have taken part for a group to be shown by itself.
SMALLEST_GROUP = 20

Cell = TypeVar("Cell", bound=Hashable)
#: How many, in each of the groups that are shown.
Row = Sequence[int]


def classes(
    counts: Mapping[Cell, Row], smallest: int, joined: Collection[Cell] = ()
) -> list[tuple[Cell, ...]]:
    """The cells in their order, those of them together that can only be shown as a sum.

    Whatever is too small in any group is in that sum, with as many of the next larger ones as it
    takes. `joined` are together already, where the same is shown of all groups at once.
    """
    sum_ = {cell for cell, row in counts.items() if cell in joined or min(row) < smallest}
    others = sorted(
        (cell for cell in counts if cell not in sum_), key=lambda cell: -sum(counts[cell])
    )
    while sum_ and others and _least(counts, sum_) < smallest:
        sum_.add(others.pop())
    together = tuple(cell for cell in counts if cell in sum_)
    return [(cell,) for cell in counts if cell not in sum_] + ([together] if together else [])


def rounded(count: int, smallest: int) -> int:
    """Down to a whole five (or ten), so that one person more or less changes no page.

    0 stands for nobody and for fewer than `smallest` alike.
    """
    return count - count % smallest


def _least(counts: Mapping[Cell, Row], cells: Collection[Cell]) -> int:
    """Their sum in the group where it is the smallest."""
    return min(map(sum, zip(*(counts[cell] for cell in cells), strict=True)))
