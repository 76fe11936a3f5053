"""How long people waited for a human; and what is left of that once their case is gone."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from domain.calendar import instant, zone
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.waits import PastWait, Wait


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


async def waits_of(
    session: Session, organisation_id: UUID, begins: datetime, ends: datetime
) -> dict[Severity, list[Waited]]:
    """Those that began then and of which it is known whether the promise was kept, the oldest
    first; of those whose case is gone, by the day. Whole days on the organisation's calendar.
    """
    there = await _known(
        session,
        Wait.organisation_id == organisation_id,
        Wait.began_at >= begins,
        Wait.began_at < ends,
    )
    gone = await _gone(session, organisation_id, begins, ends)
    found = [*there, *gone]
    waits: dict[Severity, list[Waited]] = defaultdict(list)
    for severity, wait in sorted(found, key=lambda each: each[1].began_at):
        waits[severity].append(wait)
    return waits


async def _gone(
    session: Session, organisation_id: UUID, begins: datetime, ends: datetime
) -> Sequence[tuple[Severity, Waited]]:
    organisation = await session.get(Organisation, organisation_id)
    if organisation is None:
        # Nothing is seen of another organisation.
        return ()
    place = zone(organisation.time_zone)
    found = await session.scalars(
        select(PastWait).where(
            PastWait.organisation_id == organisation_id,
            PastWait.day >= begins.astimezone(place).date(),
            PastWait.day < ends.astimezone(place).date(),
        )
    )
    return [(each.severity, _of_past(each, place)) for each in found]


async def outlast(session: Session, case: Case, *, goes_on: bool) -> None:
    """The case is about to go. What it says of our promises stays, on which day and in how many
    seconds, and belongs to nobody. Where it `goes_on` in another case, what is not decided yet is
    counted by that one.
    """
    organisation = await session.get_one(Organisation, case.organisation_id)
    place = zone(organisation.time_zone)
    for severity, wait in await _known(session, Wait.case_id == case.id):
        if goes_on and not wait.is_known(session.now):
            continue
        span = wait.until_acted
        session.add(
            PastWait(
                organisation_id=organisation.id,
                severity=severity,
                day=wait.began_at.astimezone(place).date(),
                seconds=None if span is None else int(span.total_seconds()),
                in_time=wait.in_time,
            )
        )


async def _known(
    session: Session, *which: ColumnElement[bool]
) -> Sequence[tuple[Severity, Waited]]:
    # What the case says is not settled yet, and holds for all its waits that are still open.
    acted = func.coalesce(Wait.acted_at, Case.first_action_at)
    found = await session.execute(
        select(Wait.severity, Wait.began_at, Wait.due_at, acted, Wait.closed_at)
        .join(Case, Case.id == Wait.case_id)
        .where(*which)
        .order_by(Wait.began_at, Wait.id)
    )
    waits = [
        (severity, Waited(began, due, at, closed)) for severity, began, due, at, closed in found
    ]
    return [(severity, wait) for severity, wait in waits if wait.is_known(session.now)]


def _of_past(wait: PastWait, place: ZoneInfo) -> Waited:
    """As if it had begun with its day."""
    began = instant(datetime.combine(wait.day, time()), place)
    acted_at = None if wait.seconds is None else began + timedelta(seconds=wait.seconds)
    due_at = acted_at if wait.in_time and acted_at is not None else began
    return Waited(began, due_at, acted_at, None)
