"""How soon a human acted, against what was promised: of groups, and never by who it was."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, sqrt
from uuid import UUID

from sqlalchemy import func, select

from domain.figures.suppression import SMALLEST
from domain.figures.uncertainty import Share, Z, share_of
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.waits import Wait


@dataclass(frozen=True, slots=True)
class Waited:
    began_at: datetime
    due_at: datetime
    acted_at: datetime | None
    closed_at: datetime | None

    @property
    def until_acted(self) -> timedelta | None:
        """None where nobody tried to reach them before the case was closed, or nobody has yet."""
        if self.acted_at is None:
            return None
        if self.closed_at is not None and self.closed_at < self.acted_at:
            return None
        return self.acted_at - self.began_at

    @property
    def in_time(self) -> bool:
        return self.until_acted is not None and self.began_at + self.until_acted <= self.due_at

    def is_known(self, now: datetime) -> bool:
        """Whether the promise was kept or not can no longer change."""
        return self.until_acted is not None or self.closed_at is not None or self.due_at <= now


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


async def waits_of(
    session: Session, organisation_id: UUID, begins: datetime, ends: datetime
) -> dict[Severity, list[Waited]]:
    """Those that began then and of which it is known whether the promise was kept, the oldest
    first.
    """
    # What the case says is not settled yet, and holds for all its waits that are still open.
    acted = func.coalesce(Wait.acted_at, Case.first_action_at)
    found = await session.execute(
        select(Wait.severity, Wait.began_at, Wait.due_at, acted, Wait.closed_at)
        .join(Case, Case.id == Wait.case_id)
        .where(
            Wait.organisation_id == organisation_id,
            Wait.began_at >= begins,
            Wait.began_at < ends,
        )
        .order_by(Wait.began_at, Wait.id)
    )
    waits: dict[Severity, list[Waited]] = defaultdict(list)
    for severity, began_at, due_at, acted_at, closed_at in found:
        wait = Waited(began_at, due_at, acted_at, closed_at)
        if wait.is_known(session.now):
            waits[severity].append(wait)
    return waits


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
