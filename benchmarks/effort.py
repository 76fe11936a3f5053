from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Size = TypeVar("Size", int, float)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is put into a measurement."""

    #: Only shows that it works: what it prints is no figure.
    quick: bool = False
    #: How long the load lasts where time itself is the point.
    minutes: float = 60
    #: Where a benchmark that can should leave a profile of what it measures.
    profile: Path | None = None

    def of(self, full: Size, quick: Size) -> Size:
        return quick if self.quick else full
