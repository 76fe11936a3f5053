"""Updates, handled once each, in order within a chat, chats side by side, whatever dies.

A worker locks the oldest unhandled update of some chat and keeps the lock through the transaction
that handles it. What was found in a person's words is committed before anything else sees them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from bot.metrics import Metrics
from bot.stopping import Stopping
from bot.telegram import code_of
from storage.inbox import (
    InboxRow,
    head_of_a_lane,
    mark_failed,
    mark_handled,
    update_of,
)
from storage.sessions import AWAY, SERVICE, Database, Session
from storage.wakes import Topic

log = structlog.get_logger()

Update = Mapping[str, Any]
AfterCommit = Callable[[], Awaitable[None]]

# How long to wait for a wake before looking again: a dead replica's rows come without one.
_LOOK_AGAIN = 1.0
_DATABASE_PAUSE = 1.0


class Handler:
    """What the lanes do with an update; bot/handling.py is the real one."""

    async def look(self, session: Session, update: Update) -> bool:
        """Looks for distress. True when something was found that must be kept at once."""
        raise NotImplementedError

    async def handle(self, session: Session, update: Update) -> AfterCommit:
        """Everything else; what it returns is done after commit, best effort."""
        raise NotImplementedError

    async def give_up(self, session: Session, update: Update) -> None:
        """Its handler failed every time: a human should see to it."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Lanes:
    database: Database
    handler: Handler
    metrics: Metrics
    workers: int = 8

    async def run(self, stopping: Stopping) -> None:
        """Until it is time to stop; then what each worker has in hand is finished first."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self.workers):
                group.create_task(self._work(stopping))

    async def _work(self, stopping: Stopping) -> None:
        async with self.database.wakes.waiting(Topic.INBOX) as woken:
            while not stopping.is_set():
                woken.clear()
                try:
                    found = await self.handle_one()
                except AWAY as error:
                    # The update is safe in the inbox; the database is not there to say so.
                    log.warning("the database is away", action="lanes.wait", error=code_of(error))
                    await stopping.pause(_DATABASE_PAUSE)
                    continue
                if not found:
                    await stopping.wait_for(woken, _LOOK_AGAIN)

    async def handle_one(self) -> bool:
        """One step for one update: looked at, or handled. False when nothing was waiting."""
        number = None
        try:
            async with self.database.begin(SERVICE) as session:
                row = await head_of_a_lane(session)
                if row is None:
                    return False
                number = row.number
                after_commit = await self._step(session, row)
        except AWAY as error:
            if number is None or not _is_fault_of_the_update(error):
                raise
            await self._failed(number, error)
            return True
        except Exception as error:
            assert number is not None
            await self._failed(number, error)
            return True
        await after_commit()
        return True

    async def _step(self, session: Session, row: InboxRow) -> AfterCommit:
        update = update_of(row, session.keys)
        if row.watched_at is None:
            row.watched_at = session.database_now
            if await self.handler.look(session, update):
                session.wakes(Topic.INBOX)
                return _nothing
        after_commit = await self.handler.handle(session, update)
        mark_handled(session, row)
        self.metrics.updates.labels("handled").inc()
        return after_commit

    async def _failed(self, number: int, error: Exception) -> None:
        log.error("an update failed", action="lanes.failed", number=number, error=code_of(error))
        self.metrics.updates.labels("failed").inc()
        async with self.database.begin(SERVICE) as session:
            if not await mark_failed(session, number):
                return
            self.metrics.updates.labels("set-aside").inc()
            log.error("an update was set aside", action="lanes.set-aside", number=number)
            row = await session.get_one(InboxRow, number)
            try:
                async with session.begin_nested():
                    await self.handler.give_up(session, update_of(row, session.keys))
            except Exception as failure:
                log.critical("no human was told", action="lanes.lost", error=code_of(failure))


def _is_fault_of_the_update(error: Exception) -> bool:
    """A statement that the database refused, as against a database that went away."""
    return isinstance(error, DBAPIError) and not error.connection_invalidated


async def _nothing() -> None:
    return None
