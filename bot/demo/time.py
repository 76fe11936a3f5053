"""Moving the demo's clock ahead: from one due instant to the next, so that nothing is skipped."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select

from bot.app import App
from bot.database.opening import CLOCK_FACT
from bot.demo.seed import keep_ready
from storage.kinds import TO_COME, UNSENT, CheckInState, OutboxState
from storage.sessions import SERVICE, Session
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.check_ins import CheckIn
from storage.tables.outbox import OutboxRow
from storage.tables.service import Fact

# A held message is looked at every few minutes: past so many stops, the rest is one jump.
_MOST_STOPS = 200
_SENDING_LOOKS = 50
_LOOK = 0.1


@dataclass(frozen=True, slots=True)
class TimeMachine:
    app: App

    async def advance(self, by: timedelta) -> None:
        """Lives through that much time, with every tick and every message in its place."""
        async with self.app.database.begin(SERVICE) as session:
            now = session.now
        target = now + by
        for _ in range(_MOST_STOPS):
            async with self.app.database.begin(SERVICE) as session:
                due = await _next_due(session, now)
            if due is None or due >= target:
                break
            await self._go_to(due)
            now = due
        await self._go_to(target)

    async def _go_to(self, instant: datetime) -> None:
        database = self.app.database
        async with database.begin(SERVICE) as session:
            seconds = (
                database.clock.offset.total_seconds() + (instant - session.now).total_seconds()
            )
            await session.merge(
                Fact(name=CLOCK_FACT, value={"seconds": seconds}, changed_at=session.now)
            )
        database.clock.move_to(seconds)
        async with database.begin(SERVICE) as session:
            await keep_ready(session)
        await self.app.clockwork.tick_all()
        await self._let_messages_arrive()

    async def _let_messages_arrive(self) -> None:
        """Waits for the courier; not for a Telegram that was told to fail."""
        for _ in range(_SENDING_LOOKS):
            async with self.app.database.begin(SERVICE) as session:
                if not await session.scalar(select(_on_its_way(session).exists())):
                    return
            await asyncio.sleep(_LOOK)


def _on_its_way(session: Session) -> Select[UUID]:
    return select(OutboxRow.id).where(
        OutboxRow.state.in_(UNSENT),
        OutboxRow.not_before <= session.now,
    )


async def _next_due(session: Session, after: datetime) -> datetime | None:
    """The next instant at which some tick or message has something to do."""
    instants = [
        await session.scalar(query)
        for query in (
            select(func.min(CheckIn.due_at)).where(
                CheckIn.due_at > after,
                CheckIn.state.in_(TO_COME),
            ),
            select(func.min(CheckIn.silent_at)).where(
                CheckIn.silent_at > after,
                CheckIn.state.in_((CheckInState.SENT, CheckInState.STARTED)),
            ),
            select(func.min(Case.next_alert_at)).where(Case.next_alert_at > after, UNRESOLVED),
            select(func.min(OutboxRow.not_before)).where(
                OutboxRow.not_before > after, OutboxRow.state == OutboxState.HELD
            ),
        )
    ]
    return min((instant for instant in instants if instant is not None), default=None)
