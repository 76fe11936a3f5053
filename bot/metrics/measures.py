"""What waits, how long, and how soon humans act: asked of the database at each look.

Counts and ages over the whole installation, nothing about anybody (P8).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Float,
    Select,
    TextClause,
    case,
    extract,
    func,
    literal,
    or_,
    select,
    text,
)

from bot.archive.noticing import unsaved_since
from domain.cases.deadlines import PACES
from domain.pathways.reconciling import count_without_next
from domain.pathways.tasks import count_overdue
from storage.inbox.failed import MENDABLE
from storage.kinds import TO_COME, OutboxState, Severity
from storage.sessions import Session
from storage.tables import outbox
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.channels import AlertChannel
from storage.tables.check_ins import CheckIn
from storage.tables.inbox import WAITS, InboxRow
from storage.tables.outbox import STEPPED_ASIDE, OutboxRow
from storage.tables.service import SendBudget
from storage.tables.waits import Wait

_WEEK = timedelta(days=7)
_FAILING_CHANNELS = select(func.count()).where(AlertChannel.told_at.is_not(None))
_PERCENTILES = literal([0.5, 0.95], ARRAY(Float))


@dataclass(frozen=True, slots=True)
class Queue:
    waiting: int
    #: Seconds.
    oldest: float


@dataclass(frozen=True, slots=True)
class Cases:
    open: int = 0
    #: Past the deadline, and no human has acted.
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class FirstAction:
    """From the cry to the first human action: half were faster, and all but one in twenty."""

    severity: Severity
    #: Seconds, both.
    median: float
    slowest: float


@dataclass(frozen=True, slots=True)
class Measures:
    queues: dict[str, Queue]
    cases: dict[Severity, Cases]
    #: Of the last seven days; without the severities that had none.
    first_actions: list[FirstAction]
    #: Seconds.
    telegram_closed: float
    #: Seconds, for which everything would be lost with the database.
    unsaved: float
    #: People without a check-in to come.
    unplanned: int
    #: Tasks of pathways past their time.
    overdue_tasks: int
    #: Channels of which staff were told that they fail.
    failing_channels: int


async def measure(session: Session) -> Measures:
    """Needs the service's scope."""
    return Measures(
        queues=await _queues(session),
        cases=await _cases(session),
        first_actions=await _first_actions(session),
        telegram_closed=await _telegram_closed(session),
        unsaved=(session.database_now - await unsaved_since(session)).total_seconds(),
        unplanned=await session.scalar(count_without_next(session.now)) or 0,
        overdue_tasks=await session.scalar(count_overdue(session.now)) or 0,
        failing_channels=await session.scalar(_FAILING_CHANNELS) or 0,
    )


async def _queues(session: Session) -> dict[str, Queue]:
    now, database_now = session.now, session.database_now
    held = OutboxRow.state == OutboxState.HELD
    unsent = CheckIn.state.in_(TO_COME)
    asked = {
        "inbox": (_waiting(InboxRow.arrived_at, text(WAITS)), database_now),
        "set-aside": (_waiting(InboxRow.set_aside_at, *MENDABLE), database_now),
        "outbox": (_waiting(_may_go_since(), or_(text(outbox.WAITS), STEPPED_ASIDE)), now),
        "held": (_waiting(OutboxRow.created_at, held, ~STEPPED_ASIDE), now),
        "check-ins": (_waiting(CheckIn.due_at, unsent, CheckIn.due_at <= now), now),
    }
    return {name: await _queue(session, query, at) for name, (query, at) in asked.items()}


def _may_go_since() -> ColumnElement[datetime]:
    """What is tried in vain is given a new time with each try, and is stuck all the same."""
    return case((outbox.IN_VAIN, OutboxRow.created_at), else_=OutboxRow.not_before)


def _waiting(since: Any, *which: ColumnElement[bool] | TextClause) -> Select[int, datetime | None]:
    return select(func.count(), func.min(since)).where(*which)


async def _queue(session: Session, query: Select[int, datetime | None], now: datetime) -> Queue:
    waiting, oldest = (await session.execute(query)).one()
    return Queue(waiting, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)


async def _cases(session: Session) -> dict[Severity, Cases]:
    overdue = Case.first_action_at.is_(None) & (Case.deadline_at <= session.now)
    found = await session.execute(
        select(Case.severity, func.count(), func.count().filter(overdue))
        .where(UNRESOLVED)
        .group_by(Case.severity)
    )
    counted = {severity: Cases(number, late) for severity, number, late in found}
    return {severity: counted.get(severity, Cases()) for severity in PACES}


async def _first_actions(session: Session) -> list[FirstAction]:
    cried = (
        select(func.max(Wait.began_at))
        .where(Wait.case_id == Case.id, Wait.began_at <= Case.first_action_at)
        .scalar_subquery()
    )
    seconds = extract("epoch", Case.first_action_at - cried)
    found = await session.execute(
        select(Case.severity, func.percentile_cont(_PERCENTILES).within_group(seconds))
        .where(Case.first_action_at > session.now - _WEEK)
        .group_by(Case.severity)
    )
    return [FirstAction(severity, *marks) for severity, marks in found if marks is not None]


async def _telegram_closed(session: Session) -> float:
    until = await session.scalar(select(func.max(SendBudget.closed_until)))
    return max(0.0, (until - session.database_now).total_seconds()) if until else 0.0
