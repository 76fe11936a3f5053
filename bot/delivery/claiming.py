"""Which rows of the outbox may go now. Any number of replicas ask, and each row has one taker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Interval, Select, cast, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from storage.kinds import OutboxState
from storage.outbox import OutboxLane, OutboxRow
from storage.service import SendBudget
from storage.sessions import Session

# A taker that has not reported by then is taken for dead, and its rows go to another.
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast Telegram lets us send, over all replicas together."""

    per_second: int = 30
    #: Between two messages to one chat, once a short burst is used up.
    per_chat: timedelta = timedelta(seconds=1)
    burst: int = 3


async def claim(session: Session, pace: Pace, most: int) -> Sequence[OutboxRow]:
    """Leases what Telegram's limit allows: urgent chats first, each chat's rows in order."""
    allowance = min(most, await _allowance(session, pace))
    if allowance < 1:
        return []
    rows = (await session.scalars(_ready(session, pace, allowance))).all()
    for row in rows:
        row.leased_until = session.database_now + LEASE
        row.fence += 1
    await _spend(session, len(rows))
    return rows


def _ready(session: Session, pace: Pace, limit: int) -> Select[OutboxRow]:
    earlier = aliased(OutboxRow)
    may_go = OutboxRow.not_before <= session.now
    first_in_its_chat = ~(
        select(earlier.id)
        .where(
            earlier.lane == OutboxRow.lane,
            earlier.state == OutboxState.WAITING,
            earlier.not_before <= session.now,
            earlier.number < OutboxRow.number,
        )
        .exists()
    )
    return (
        select(OutboxRow)
        .where(
            OutboxRow.state == OutboxState.WAITING,
            may_go,
            _unleased(),
            first_in_its_chat,
            _chat_is_open(pace),
        )
        .order_by(OutboxRow.priority, OutboxRow.number)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def _unleased() -> ColumnElement[bool]:
    return or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until < func.clock_timestamp())


def _chat_is_open(pace: Pace) -> ColumnElement[bool]:
    ahead = cast(pace.per_chat * (pace.burst - 1), Interval)
    return ~(
        select(OutboxLane.lane)
        .where(
            OutboxLane.lane == OutboxRow.lane,
            OutboxLane.open_at > func.clock_timestamp() + ahead,
        )
        .exists()
    )


async def close_chat(session: Session, lane: bytes, pace: Pace, wait: timedelta) -> None:
    """Nothing goes to this chat for that long, whatever burst it had left."""
    open_at = session.database_now + wait + pace.per_chat * (pace.burst - 1)
    await session.execute(
        insert(OutboxLane)
        .values(lane=lane, open_at=open_at)
        .on_conflict_do_update(
            index_elements=["lane"], set_={"open_at": func.greatest(OutboxLane.open_at, open_at)}
        )
    )


async def count_send(session: Session, lane: bytes, pace: Pace) -> None:
    """One more message went to this chat."""
    now = func.clock_timestamp()
    step = cast(pace.per_chat, Interval)
    await session.execute(
        insert(OutboxLane)
        .values(lane=lane, open_at=now + step)
        .on_conflict_do_update(
            index_elements=["lane"],
            set_={"open_at": func.greatest(OutboxLane.open_at, now) + step},
        )
    )


async def _allowance(session: Session, pace: Pace) -> int:
    """Locks the shared budget, refills it, and says how many sends it holds."""
    await session.execute(
        insert(SendBudget)
        .values(name="telegram", tokens=pace.per_second, filled_at=session.database_now)
        .on_conflict_do_nothing()
    )
    budget = await session.get_one(
        SendBudget, "telegram", with_for_update=True, populate_existing=True
    )
    now = await session.scalar(select(func.clock_timestamp()))
    assert now is not None
    if budget.closed_until is not None and budget.closed_until > now:
        return 0
    elapsed = max(0.0, (now - budget.filled_at).total_seconds())
    budget.tokens = min(float(pace.per_second), budget.tokens + elapsed * pace.per_second)
    budget.filled_at = now
    return int(budget.tokens)


async def _spend(session: Session, sends: int) -> None:
    budget = await session.get_one(SendBudget, "telegram")
    budget.tokens -= sends
