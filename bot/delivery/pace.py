"""How fast Telegram lets us send, over all replicas together: to everybody, and to one chat."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    Float,
    Interval,
    LargeBinary,
    bindparam,
    extract,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from storage.sessions import Session
from storage.tables.base import table_of
from storage.tables.outbox import OutboxLane
from storage.tables.service import SendBudget

_BUDGET = "telegram"
# Of a second's sends. The rest is for those that take longer on their way than others, so that no
# second sees more arrive than Telegram allows.
_STEADY = 0.85
_AT_ONCE = 0.1
# So many chats told to wait at once mean that Telegram means all of them; one that was told before
# may have had too much by itself, and wait for hours.
_ALL_OF_THEM = 3
_AT_ABOUT_ONCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """Telegram's limits, as far as they are known."""

    per_second: int = 30
    #: Between two messages to one chat, once a short burst is used up.
    per_chat: timedelta = timedelta(seconds=1)
    burst: int = 3
    #: Between two messages to a group: twenty a minute.
    per_group: timedelta = timedelta(seconds=3)

    @property
    def refill(self) -> float:
        """Sends that become possible in a second."""
        return self.per_second * _STEADY

    @property
    def most(self) -> float:
        """Sends that may be saved up."""
        return max(1.0, self.per_second * _AT_ONCE)

    def step(self, *, group: bool) -> timedelta:
        return self.per_group if group and self.per_chat else self.per_chat


@dataclass(frozen=True, slots=True)
class Allowance:
    sends: int
    #: Until a useful number more becomes possible.
    wait: timedelta


_ROW = table_of(SendBudget)
_REFILL = (
    update(_ROW)
    .where(_ROW.c.name == _BUDGET)
    .values(
        tokens=func.least(
            bindparam("most", type_=Float),
            _ROW.c.tokens
            + func.greatest(extract("epoch", func.clock_timestamp() - _ROW.c.filled_at), 0)
            * bindparam("refill", type_=Float),
        ),
        filled_at=func.clock_timestamp(),
    )
    .returning(_ROW.c.tokens, _ROW.c.filled_at, _ROW.c.closed_until)
)
_SPEND = (
    update(_ROW)
    .where(_ROW.c.name == _BUDGET)
    .values(tokens=_ROW.c.tokens - bindparam("sends", type_=Float))
)


# Locked in one order, so that two replicas don't wait for each other in a ring. What a chat was
# busy already comes on top.
_COUNT = text(
    "INSERT INTO outbox_lane (lane, open_at)"
    " SELECT lane, clock_timestamp() + step"
    " FROM unnest(CAST(:lanes AS bytea[]), CAST(:steps AS interval[])) AS busy (lane, step)"
    " ORDER BY lane ON CONFLICT (lane) DO UPDATE SET open_at = excluded.open_at"
    " + greatest(outbox_lane.open_at - clock_timestamp(), interval '0')"
).bindparams(
    bindparam("lanes", type_=ARRAY(LargeBinary)), bindparam("steps", type_=ARRAY(Interval))
)


async def allowance(session: Session, pace: Pace) -> Allowance:
    """Locks the shared budget, refills it, and says how many sends it holds."""
    budget = await _refilled(session, pace) or await _first_budget(session, pace)
    if budget.closed_until is not None and budget.closed_until > budget.filled_at:
        return Allowance(0, budget.closed_until - budget.filled_at)
    useful = max(1.0, pace.most / 4)
    return Allowance(int(budget.tokens), timedelta(seconds=useful / pace.refill))


async def _refilled(session: Session, pace: Pace) -> Any:
    limits = {"most": pace.most, "refill": pace.refill}
    return (await session.execute(_REFILL, limits)).one_or_none()


async def _first_budget(session: Session, pace: Pace) -> Any:
    await session.execute(
        insert(SendBudget)
        .values(name=_BUDGET, tokens=pace.most, filled_at=session.database_now)
        .on_conflict_do_nothing()
    )
    return await _refilled(session, pace)


async def spend(session: Session, sends: int) -> None:
    await session.execute(_SPEND, {"sends": sends})


async def count_sends(session: Session, steps: dict[bytes, timedelta]) -> None:
    """One more message went to each of these chats, which it keeps busy that long."""
    if steps:
        await session.execute(_COUNT, {"lanes": list(steps), "steps": list(steps.values())})


async def put_off(session: Session, lane: bytes, pace: Pace, wait: timedelta) -> None:
    """Nothing goes to this chat for that long, whatever burst it had left."""
    open_at = session.database_now + wait + pace.per_chat * (pace.burst - 1)
    await session.execute(
        insert(OutboxLane)
        .values(lane=lane, open_at=open_at)
        .on_conflict_do_update(
            index_elements=["lane"], set_={"open_at": func.greatest(OutboxLane.open_at, open_at)}
        )
    )


async def hasten(session: Session, lanes: Collection[bytes], pace: Pace, wait: timedelta) -> None:
    """However long these chats were put off, they wait no longer than that. One that is written to
    just now is not put off.
    """
    soon = session.database_now + wait + pace.per_chat * (pace.burst - 1)
    later = (
        select(OutboxLane.lane)
        .where(OutboxLane.lane.in_(lanes), OutboxLane.open_at > soon)
        .with_for_update(skip_locked=True)
    )
    await session.execute(update(OutboxLane).where(OutboxLane.lane.in_(later)).values(open_at=soon))


async def obey(session: Session, lane: bytes, wait: timedelta) -> None:
    """Telegram says how long this chat must wait; when it says so of several at once, all of them
    do.

    It has one word, 429, for a chat that gets too much and for a bot that sends too much.
    """
    now = await session.scalar(select(func.clock_timestamp()))
    assert now is not None
    until = now + wait
    await session.execute(
        insert(OutboxLane)
        .values(lane=lane, open_at=now, closed_until=until)
        .on_conflict_do_update(
            index_elements=["lane"],
            set_={
                "open_at": func.greatest(OutboxLane.open_at, now),
                "closed_until": func.greatest(OutboxLane.closed_until, until),
            },
        )
    )
    # Nothing goes to a closed chat, so it was told when it last was open.
    closed = await session.execute(
        select(func.count(), func.min(OutboxLane.closed_until)).where(
            OutboxLane.closed_until > now, OutboxLane.open_at > now - _AT_ABOUT_ONCE
        )
    )
    chats, shortest = closed.one()
    if chats >= _ALL_OF_THEM:
        # Those that must wait longer stay closed by themselves.
        await session.execute(
            update(SendBudget)
            .where(SendBudget.name == _BUDGET)
            .values(closed_until=func.greatest(SendBudget.closed_until, shortest))
        )
