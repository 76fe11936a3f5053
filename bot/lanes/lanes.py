"""Updates, handled once each, in order within a chat, chats side by side, whatever dies.

One looks for the oldest unhandled updates of some chats and locks them; a task of its own keeps
the locks through the transaction that handles them. What was found in a person's words is
committed before anything else sees them.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from bot.database.refusals import is_full
from bot.database.room import has_room
from bot.errors import code_of
from bot.lanes.deaths import Deaths
from bot.lanes.handler import AfterCommit, Handler
from bot.lanes.setting_aside import MOST_DEATHS, SettingAside
from bot.lanes.taking import Taken, Taking
from bot.metrics.metrics import Metrics
from bot.stopping import Stopping
from storage.away import AWAY, answers, is_away
from storage.inbox.handled import mark_handled
from storage.inbox.opened import asked_at, update_of
from storage.sessions import Database, Session
from storage.tables.inbox import InboxRow
from storage.wakes import Topic

log = structlog.get_logger()

# How long to wait for a wake before looking again: a dead replica's rows come without one.
_LOOK_AGAIN = 1.0
_DATABASE_PAUSE = 1.0
# So often the database may be away while an update is in hand: it goes and comes back for all of
# them, but not each time that the same one is tried. It counts for several where the connection is
# there: a limit of time, a lock, a deadlock, which may be the update's own doing.
_MOST_ABSENCES, _THOUGH_IT_IS_THERE = 30, 6


@dataclass(slots=True)
class Lanes:
    database: Database
    handler: Handler
    metrics: Metrics
    #: None where nobody dies, as in a test.
    deaths: Deaths | None = None
    #: Transactions side by side, and the chats that one of them may hold when many wait: together
    #: no more than are looked at as the oldest.
    workers: int = 4
    chats: int = 48
    #: Seconds after which a batch is committed as far as it has come: the rest is taken anew.
    longest: float = 1.0
    _taking: Taking = field(init=False)
    _setting_aside: SettingAside = field(init=False)
    #: So many of them the next batch takes.
    _room: int = field(init=False)
    #: How often the database was away, or seemed so, while this process had them in hand.
    _absences: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._taking = Taking(self.database, self.deaths)
        self._room = self.chats
        self._setting_aside = SettingAside(self.database, self.handler, self.metrics)

    async def run(self, stopping: Stopping) -> None:
        """Until it is time to stop; then what is in hand is finished first."""
        places = asyncio.Semaphore(self.workers)
        async with (
            asyncio.TaskGroup() as group,
            self.database.wakes.waiting(Topic.INBOX) as woken,
        ):

            async def handle(taken: Taken) -> None:
                try:
                    after_commit = await self._handle_or_wait(taken, stopping)
                finally:
                    places.release()
                    # The chats' next ones may wait.
                    woken.set()
                await _all(after_commit)

            while True:
                await places.acquire()
                if stopping.is_set():
                    # Asked to while it waited for a place: what waits in the inbox is another's.
                    break
                taken = await self._take_or_wait(woken, stopping)
                if taken is None:
                    places.release()
                else:
                    group.create_task(handle(taken))

    async def handle_one(self) -> bool:
        """One step for one update: looked at, or handled. False when nothing was waiting."""
        taken = await self._taking.take(1)
        if taken is None:
            return False
        await _all(await self._handle(taken))
        return True

    async def _take_or_wait(self, woken: asyncio.Event, stopping: Stopping) -> Taken | None:
        """None after a while in which there was nothing to take."""
        woken.clear()
        try:
            taken = await self._taking.take(self._room)
        except AWAY as error:
            await _wait_for_the_database(error, stopping)
            return None
        if taken is None:
            await stopping.wait_for(woken, _LOOK_AGAIN)
        return taken

    async def _handle_or_wait(self, taken: Taken, stopping: Stopping) -> Sequence[AfterCommit]:
        """Where the database is away, or refuses, as with a full disk, the updates are safe in the
        inbox: a pause keeps it from being asked again and again.
        """
        try:
            return await self._handle(taken)
        except AWAY as error:
            await _wait_for_the_database(error, stopping)
            return ()

    async def _handle(self, taken: Taken) -> Sequence[AfterCommit]:
        """All of them, or, should one fail, each by itself. Returns what is to be done now."""
        try:
            async with taken.transaction:
                after_commit = await self._handle_all(taken)
        except Exception as error:
            self._taking.survived(taken)
            if is_away(error) and await self._is_no_fault(taken, error):
                raise
            if len(taken.numbers) > 1:
                return await self._handle_each(taken.numbers)
            await self._setting_aside.failed(taken.numbers[0], error)
            return ()
        for number in taken.numbers:
            self._absences.pop(number, None)
        self.metrics.updates.labels("handled").inc(len(after_commit))
        return after_commit

    async def _is_no_fault(self, taken: Taken, error: Exception) -> bool:
        """A database that went away is none of an update's, unless it does so each time; nor is a
        full one, unless there is room for others.
        """
        is_there = taken.database_answered or is_full(error)
        if is_there and len(taken.numbers) > 1:
            # By themselves they show whose it is.
            return False
        if is_full(error) and not await has_room(self.database):
            return True
        weight = _THOUGH_IT_IS_THERE if is_there else 1
        self._absences.update(dict.fromkeys(taken.numbers, weight))
        return all(self._absences[number] <= _MOST_ABSENCES for number in taken.numbers)

    async def _handle_each(self, numbers: Sequence[int]) -> Sequence[AfterCommit]:
        """Nobody waits for one that finds no room, though that is the oldest of them. Whatever else
        the database refuses, it may refuse them all, each after a while: the rest is taken anew.
        """
        after_commit: list[AfterCommit] = []
        refused: Exception | None = None
        for number in numbers:
            try:
                taken = await self._taking.take_one(number)
                if taken is not None:
                    after_commit += await self._handle(taken)
            except AWAY as error:
                refused = error
                if not is_full(error):
                    break
        if refused is not None:
            await _all(after_commit)
            raise refused
        return after_commit

    async def _handle_all(self, taken: Taken) -> Sequence[AfterCommit]:
        session, first = taken.session, taken.rows[0]
        if first.deaths > MOST_DEATHS:
            await self._setting_aside.kills(session, first)
            return ()
        connection = await session.connection()
        try:
            return await self._in_order(session, taken.rows)
        except AWAY:
            taken.database_answered = await answers(connection)
            raise

    async def _in_order(self, session: Session, rows: Sequence[InboxRow]) -> Sequence[AfterCommit]:
        updates = [update_of(row, session.keys) for row in rows]
        await self.handler.prepare(session, updates)
        unseen = [each for row, each in zip(rows, updates, strict=True) if row.watched_at is None]
        await self.handler.look_ahead(session, unseen)
        done: dict[int, AfterCommit] = {}
        until = time.monotonic() + self.longest
        for row, update in zip(rows, updates, strict=True):
            session.asked_at = await asked_at(session, row, update)
            found = row.watched_at is not None
            if not found and await self.handler.look(session, update):
                row.watched_at = session.database_now
                session.wakes(Topic.INBOX)
                # It goes out now; the others are taken again.
                break
            done[row.number] = await self.handler.handle(session, update, found=found)
            if time.monotonic() > until:
                # What is slow holds up nobody who comes after it.
                session.wakes(Topic.INBOX)
                break
        self._make_room(came_to_its_end=len(done) == len(rows))
        await self.handler.finish(session)
        await mark_handled(session, list(done))
        return list(done.values())

    def _make_room(self, *, came_to_its_end: bool) -> None:
        """Where cries come one upon another few are asked about in vain: each ends its batch, and
        the rest are asked about anew.
        """
        if came_to_its_end:
            self._room = min(2 * self._room, self.chats)
        else:
            self._room = max(self._room // 2, self.chats // 4, 1)


async def _wait_for_the_database(error: BaseException, stopping: Stopping) -> None:
    log.warning("the database is away", action="lanes.wait", error=code_of(error))
    await stopping.pause(_DATABASE_PAUSE)


async def _all(after_commit: Sequence[AfterCommit]) -> None:
    """Best effort: whatever goes wrong, the updates are handled."""
    done = await asyncio.gather(*(after() for after in after_commit), return_exceptions=True)
    for error in done:
        if isinstance(error, Exception):
            log.error("a press was not answered", action="presses.answer", error=code_of(error))
