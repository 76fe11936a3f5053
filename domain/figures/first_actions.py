"""How soon a human acted, against what was promised: of groups, and never by who it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, sqrt
from uuid import UUID

from domain.figures.suppression import SMALLEST
from domain.figures.uncertainty import Share, Z, share_of
from domain.figures.waits import Waited, waits_of
from storage.kinds import Severity
from storage.sessions import Session


@dataclass(frozen=True, slots=True)
class Median:
    """Half waited no longer; None where that many were not answered at all."""

    span: timedelta | None
    #: Of a hundred such spans, about 95 hold the true median.
    low: timedelta | None
    high: timedelta | None


@dataclass(frozen=True, slots=True)
class FirstActions:
    """Of some waits whose promise was kept or broken."""

    waits: int
    in_time: int
    late: int
    #: The case was closed, or the time is over, and nobody had tried to reach them.
    never: int
    median: Median | None

    @property
    def share(self) -> Share | None:
        return share_of(self.in_time, self.waits) if self.waits else None

    @property
    def few(self) -> bool:
        """Too few to be shown."""
        return self.waits < SMALLEST

    @classmethod
    def of(cls, waits: Sequence[Waited]) -> "FirstActions":
        spans = [each.until_acted for each in waits]
        in_time = sum(each.in_time for each in waits)
        never = spans.count(None)
        late = len(waits) - in_time - never
        return cls(len(waits), in_time, late, never, _median(spans) if waits else None)


async def first_actions(
    session: Session, organisation_id: UUID, begins: datetime, ends: datetime
) -> dict[Severity, FirstActions]:
    """By severity, without those that had none. Small numbers are in it: see `few`."""
    found = await waits_of(session, organisation_id, begins, ends)
    return {severity: FirstActions.of(waits) for severity, waits in found.items()}


def _median(spans: Sequence[timedelta | None]) -> Median:
    """With the ranks between which it lies, by the signs of the differences from it.

    Who was never answered waited longer than anybody.
    """
    ordered = sorted(spans, key=lambda span: timedelta.max if span is None else span)
    number = len(ordered)
    reach = Z * sqrt(number) / 2
    low = max(0, floor(number / 2 - reach) - 1)
    high = min(number - 1, ceil(number / 2 + reach))
    return Median(ordered[(number - 1) // 2], ordered[low], ordered[high])
