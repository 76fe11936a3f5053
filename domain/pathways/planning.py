"""What a pathway wants of one person, when, and what that changes about what is planned.

The difference is reckoned first, shown to whoever asks for it, and then carried out as it was
reckoned.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.calendar import instant
from domain.check_ins.due import PATHWAY_RESTS
from domain.check_ins.put_off import is_put_off
from domain.pathways.values import Days, Kind, Pathway, Stage, Step, local_time
from storage.kinds import TO_COME, CheckInState
from storage.tables.check_ins import CheckIn
from storage.tables.pathways import Information, Task

Row = CheckIn | Information | Task

#: Why a check-in of a pathway is not asked after all.
OFF_PATHWAY, TOO_LATE = "off-pathway", "too-late"
_UNKNOWN = datetime.max.replace(tzinfo=UTC)
_TAKEN_OUT = (
    (CheckInState.CANCELLED, OFF_PATHWAY),
    (CheckInState.SKIPPED, TOO_LATE),
    (CheckInState.SKIPPED, PATHWAY_RESTS),
)


class Change(StrEnum):
    #: The day that it is reckoned from is not known.
    UNKNOWN = "unknown"
    NEW = "new"
    MOVED = "moved"
    SAME = "same"
    #: It is no longer wanted.
    GONE = "gone"
    #: Its time would have passed already.
    TOO_LATE = "too-late"
    #: It was done, or begun, and stays as it is.
    HAPPENED = "happened"


@dataclass(frozen=True, slots=True)
class Wanted:
    stage: Stage
    step: Step
    due_at: datetime | None

    @property
    def asks(self) -> bool:
        return self.step.kind is Kind.CHECK_IN

    @property
    def expires_at(self) -> datetime:
        assert self.due_at is not None
        return self.due_at + timedelta(hours=self.step.hours_late)


@dataclass(frozen=True, slots=True)
class Line:
    """One step: when it was to be, and when it is to be."""

    key: str
    change: Change
    was: datetime | None
    will: datetime | None
    wanted: Wanted | None
    row: Row | None

    @property
    def at(self) -> datetime | None:
        """What has happened stays at its own day, whatever the days became since."""
        return self.was if self.change is Change.HAPPENED else self.will


def wanted(
    pathway: Pathway, days: Days, chosen: Collection[str], place: ZoneInfo
) -> Iterator[Wanted]:
    """Every step for somebody with those days, stage by stage, in the order in which they come."""
    for stage in pathway.stages:
        if not stage.optional or stage.key in chosen:
            steps = [
                Wanted(stage, step, _instant(stage, step, days, place)) for step in stage.steps
            ]
            yield from sorted(steps, key=lambda each: each.due_at or _UNKNOWN)


def stage_at(steps: Iterable[Wanted], now: datetime) -> tuple[str | None, datetime | None]:
    """The stage that began last, by key, and when another begins. Each begins with its first step.

    None before the first has begun, and where no day is known.
    """
    begins: dict[str, datetime] = {}
    for each in steps:
        if each.due_at is not None:
            known = begins.get(each.stage.key, each.due_at)
            begins[each.stage.key] = min(known, each.due_at)
    begun = [(at, key) for key, at in begins.items() if at <= now]
    return (
        max(begun, key=lambda each: each[0])[1] if begun else None,
        min((at for at in begins.values() if at > now), default=None),
    )


def difference(
    pathway: Pathway | None,
    steps: Iterable[Wanted],
    rows: Sequence[Row],
    now: datetime,
    *,
    tells: bool = True,
) -> list[Line]:
    """What becomes of each step, and of each row that nobody wants any more.

    `tells`: to somebody who may learn what the person agreed to, or to carry it out. To others all
    whose time has come has happened: what is held then, or may come back, was agreed to.
    """
    over = [] if tells else [row for row in rows if _has_come(row, now)]
    mine = [row for row in rows if pathway is not None and row.pathway == pathway.key]
    lines: list[Line] = []
    for each in steps:
        theirs = [row for row in mine if row.step == each.step.key]
        past = next((row for row in theirs if row in over), None)
        lines.append(_line(each, _telling(theirs), now) if past is None else _past(each, past))
    kept = {line.key for line in lines if line.change is not Change.UNKNOWN}
    gone = [
        Line(row.step, Change.GONE, planned_for(row), None, None, row)
        for row in rows
        if _is_to_come(row) and row not in over and not (row in mine and row.step in kept)
    ]
    return lines + gone


def waits(row: Row) -> bool:
    """It is still to come, and nobody has moved it: whoever put it off was asked, and awaits it."""
    return _is_to_come(row) and not (isinstance(row, CheckIn) and is_put_off(row))


def _is_to_come(row: Row) -> bool:
    if isinstance(row, Task):
        return row.done_at is None
    if isinstance(row, CheckIn) and row.sent_at is not None:
        return False
    return row.state in TO_COME


def _has_come(row: Row, now: datetime) -> bool:
    """Its time, for the person. What gave way to another version's has that to speak for it."""
    if isinstance(row, Task) or row.state is CheckInState.SUPERSEDED:
        return False
    return planned_for(row) <= now


def planned_for(row: Row) -> datetime:
    """When the pathway wanted it, whatever holds it."""
    if isinstance(row, Task):
        return row.due_at
    return row.planned_for or row.due_at


def may_come_back(row: Row) -> bool:
    """It was taken out of the plan, and nobody was asked or told anything."""
    if isinstance(row, Task) or (isinstance(row, CheckIn) and row.sent_at is not None):
        return False
    return row.state is CheckInState.SUPERSEDED or (row.state, row.reason) in _TAKEN_OUT


def _telling(rows: Sequence[Row]) -> Row | None:
    """Of a step's rows, one for each version, the one that says how it stands."""
    happened = [row for row in rows if not waits(row) and not may_come_back(row)]
    waiting = [row for row in rows if waits(row)]
    return next(iter([*happened, *waiting]), None)


def _line(each: Wanted, row: Row | None, now: datetime) -> Line:
    was = planned_for(row) if row is not None else None
    return Line(each.step.key, _change(each, row, was, now), was, each.due_at, each, row)


def _past(each: Wanted, row: Row) -> Line:
    return Line(each.step.key, Change.HAPPENED, planned_for(row), each.due_at, each, row)


def _change(each: Wanted, row: Row | None, was: datetime | None, now: datetime) -> Change:
    if row is not None and not waits(row):
        return Change.HAPPENED
    if each.due_at is None:
        return Change.UNKNOWN
    if row is not None and was == each.due_at:
        return Change.SAME
    # A task that is overdue is still to be done.
    if each.expires_at <= now and not isinstance(row, Task):
        return Change.TOO_LATE
    return Change.MOVED if row is not None else Change.NEW


def _instant(stage: Stage, step: Step, days: Days, place: ZoneInfo) -> datetime | None:
    local = local_time(stage, step, days)
    return instant(local, place) if local else None
