"""Updates, handled once each, in order within a chat, chats side by side, whatever dies.

One looks for the oldest unhandled updates of some chats and locks them; a task of its own keeps
the locks through the transaction that handles them. What was found in a person's words is
committed before anything else sees them.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import structlog

from bot.errors import code_of
from bot.health.metrics import Metrics
from bot.lanes.deaths import Deaths
from bot.stopping import Stopping
from storage.inbox import (
    InboxRow,
    asked_at,
    count_deaths,
    count_survival,
    heads_of_lanes,
    mark_failed,
    mark_handled,
    reserve,
    unhandled,
    update_of,
)
from storage.sessions import AWAY, SERVICE, Database, Session, answers, is_away
from storage.wakes import Topic

log = structlog.get_logger()

Update = Mapping[str, Any]
AfterCommit = Callable[[], Awaitable[None]]

# How long to wait for a wake before looking again: a dead replica's rows come without one.
_LOOK_AGAIN = 1.0
_DATABASE_PAUSE = 1.0
# An update that so many processes did not survive is set aside, as one that fails every time is.
MOST_DEATHS = 6
# Telling a human of it is begun so often: a process may die of something else just then, or the
# database be away, and another counts it once more.
_MOST_TELLINGS = 3
# So often the database may be away while an update is in hand: it goes and comes back for all of
# them, but not each time that the same one is tried. It counts for several where the connection is
# there: a limit of time, a lock, a deadlock, which may be the update's own doing.
_MOST_ABSENCES, _THOUGH_IT_IS_THERE = 30, 6
# Innocents that were in hand with it should not share its fate.
_ALONE_AFTER = 2
# Where another replica was faster each time, there is a moment for it to go on.
_MOST_LOOKS = 5


class Handler:
    """What the lanes do with an update; bot/lanes/handling.py is the real one."""

    async def prepare(self, session: Session, updates: Sequence[Update]) -> None:
        """Asks the database once what each of them would ask, to save time."""

    async def look_ahead(self, session: Session, updates: Sequence[Update]) -> None:
        """Begins with what `look` will want to know of each of these, to save more."""

    async def look(self, session: Session, update: Update) -> bool:
        """Looks for distress. True when something was found that must be kept at once."""
        raise NotImplementedError

    async def handle(self, session: Session, update: Update, *, found: bool) -> AfterCommit:
        """Everything else; what it returns is done after commit, best effort.

        `found`: what `look` found in it is committed already.
        """
        raise NotImplementedError

    async def finish(self, session: Session) -> None:
        """Before the commit: writes down what was put off until all are handled."""

    async def give_up(
        self, session: Session, update: Update, *, watched: bool, deadly: bool
    ) -> None:
        """It failed every time, and a human should see to it.

        `watched`: but `look` did not. `deadly`: whatever was tried, the process did not survive it.
        """
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Taken:
    """Updates in hand: nobody else is given one of their chats until the transaction ends."""

    rows: Sequence[InboxRow]
    session: Session
    #: What ends with it: the transaction, and what keeps suspects apart.
    transaction: AsyncExitStack


@dataclass(frozen=True, slots=True)
class Lanes:
    database: Database
    handler: Handler
    metrics: Metrics
    #: None where nobody dies, as in a test.
    deaths: Deaths | None = None
    #: Transactions side by side, and the chats that one of them may hold when many wait: together
    #: no more than are looked at as the oldest.
    workers: int = 4
    chats: int = 24
    _one_suspect: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: Suspects that this process has taken up.
    _counted: set[int] = field(default_factory=set)
    #: Of these, what it did not finish, and did not die of.
    _survived: set[int] = field(default_factory=set)
    #: How often the database was away, or seemed so, while this process had them in hand.
    _absences: Counter[int] = field(default_factory=Counter)

    async def run(self, stopping: Stopping) -> None:
        """Until it is time to stop; then what is in hand is finished first."""
        places = asyncio.Semaphore(self.workers)
        async with (
            asyncio.TaskGroup() as group,
            self.database.wakes.waiting(Topic.INBOX) as woken,
        ):

            async def handle(taken: Taken) -> None:
                after_commit: Sequence[AfterCommit] = ()
                try:
                    after_commit = await self._handle(taken)
                except AWAY as error:
                    # The updates are safe in the inbox; the database is not there to say so, or
                    # refuses, as with a full disk: then it would be asked again and again.
                    log.warning("the database is away", action="lanes.wait", error=code_of(error))
                    await stopping.pause(_DATABASE_PAUSE)
                finally:
                    places.release()
                    # The chats' next ones may wait.
                    woken.set()
                await _all(after_commit)

            while not stopping.is_set():
                await places.acquire()
                woken.clear()
                try:
                    taken = await self._take(self.chats)
                except AWAY as error:
                    log.warning("the database is away", action="lanes.wait", error=code_of(error))
                    places.release()
                    await stopping.pause(_DATABASE_PAUSE)
                    continue
                if taken is None:
                    places.release()
                    await stopping.wait_for(woken, _LOOK_AGAIN)
                else:
                    group.create_task(handle(taken))

    async def handle_one(self) -> bool:
        """One step for one update: looked at, or handled. False when nothing was waiting."""
        taken = await self._take(1)
        if taken is None:
            return False
        await _all(await self._handle(taken))
        return True

    async def _take(self, most: int) -> Taken | None:
        if self._survived:
            await self._count_survival()
        for _ in range(_MOST_LOOKS):
            async with AsyncExitStack() as transaction:
                session = await transaction.enter_async_context(self.database.begin(SERVICE))
                rows = await heads_of_lanes(session, most)
                if not rows:
                    return None
                if not self._is_suspect(rows[0]):
                    return Taken(rows, session, transaction.pop_all())
            suspects = list(takewhile(lambda row: row.deaths < _ALONE_AFTER, rows))
            taken = await self._take_suspects(suspects or rows[:1], alone=not suspects)
            if taken is not None:
                return taken
        return None

    async def _count_survival(self) -> None:
        """Each outage of the database would make them look deadlier otherwise."""
        async with self.database.begin(SERVICE) as session:
            survived = await count_survival(session, self._survived)
        self._counted.difference_update(survived)
        self._survived.clear()

    def _is_suspect(self, row: InboxRow) -> bool:
        return self.deaths is not None and row.number <= self.deaths.suspect_to

    async def _take_suspects(self, rows: Sequence[InboxRow], *, alone: bool) -> Taken | None:
        """Counted before anything is tried, once in a process's life; None where others have them.

        Reserved first: what somebody else has in hand must not be counted for us, or replicas that
        look at once would make a killer of it without a death.

        `alone`: nothing else that some have died with is in hand meanwhile.
        """
        async with AsyncExitStack() as holding:
            if alone:
                await holding.enter_async_context(self._one_suspect)
            session = await holding.enter_async_context(self.database.begin(SERVICE))
            mine = await reserve(session, [row.number for row in rows])
            if not mine:
                return None
            async with self.database.begin(SERVICE) as counting:
                await count_deaths(counting, set(mine) - self._counted)
            self._counted.update(mine)
            counted = await unhandled(session, mine, wait=True)
            return Taken(counted, session, holding.pop_all()) if counted else None

    async def _handle(self, taken: Taken) -> Sequence[AfterCommit]:
        """All of them, or, should one fail, each by itself. Returns what is to be done now."""
        numbers = [row.number for row in taken.rows]
        is_there = False
        try:
            async with taken.transaction:
                if taken.rows[0].deaths > MOST_DEATHS:
                    await self._set_aside_deadly(taken.session, taken.rows[0])
                    return ()
                connection = await taken.session.connection()
                try:
                    after_commit = await self._handle_all(taken.session, taken.rows)
                except AWAY:
                    is_there = await answers(connection)
                    raise
        except Exception as error:
            self._survived.update(self._counted.intersection(numbers))
            if is_away(error) and self._is_no_fault(numbers, is_there=is_there):
                raise
            if len(numbers) > 1:
                return [
                    after for number in numbers for after in await self._handle_by_itself(number)
                ]
            await self._failed(numbers[0], error)
            return ()
        for number in numbers:
            self._absences.pop(number, None)
        self.metrics.updates.labels("handled").inc(len(after_commit))
        return after_commit

    def _is_no_fault(self, numbers: Sequence[int], *, is_there: bool) -> bool:
        """A database that went away is none of an update's, unless it does so each time."""
        if is_there and len(numbers) > 1:
            # By themselves they show whose it is.
            return False
        weight = _THOUGH_IT_IS_THERE if is_there else 1
        self._absences.update(dict.fromkeys(numbers, weight))
        return all(self._absences[number] <= _MOST_ABSENCES for number in numbers)

    async def _handle_by_itself(self, number: int) -> Sequence[AfterCommit]:
        async with AsyncExitStack() as transaction:
            session = await transaction.enter_async_context(self.database.begin(SERVICE))
            rows = await unhandled(session, [number])
            if not rows:
                return ()
            taken = Taken(rows, session, transaction.pop_all())
        return await self._handle(taken)

    async def _handle_all(
        self, session: Session, rows: Sequence[InboxRow]
    ) -> Sequence[AfterCommit]:
        updates = [update_of(row, session.keys) for row in rows]
        await self.handler.prepare(session, updates)
        unseen = [each for row, each in zip(rows, updates, strict=True) if row.watched_at is None]
        await self.handler.look_ahead(session, unseen)
        done: dict[int, AfterCommit] = {}
        for row, update in zip(rows, updates, strict=True):
            session.asked_at = await asked_at(session, row, update)
            found = row.watched_at is not None
            if not found and await self.handler.look(session, update):
                row.watched_at = session.database_now
                session.wakes(Topic.INBOX)
                # It goes out now; the others are taken again.
                break
            done[row.number] = await self.handler.handle(session, update, found=found)
        await self.handler.finish(session)
        await mark_handled(session, list(done))
        return list(done.values())

    async def _failed(self, number: int, error: Exception) -> None:
        log.error("an update failed", action="lanes.failed", number=number, error=code_of(error))
        self.metrics.updates.labels("failed").inc()
        async with self.database.begin(SERVICE) as session:
            if not await mark_failed(session, number, code_of(error)):
                return
            await self._tell_a_human(session, await session.get_one(InboxRow, number), deadly=False)

    async def _set_aside_deadly(self, session: Session, row: InboxRow) -> None:
        row.set_aside_at, row.error = session.database_now, "Died"
        if row.deaths <= MOST_DEATHS + _MOST_TELLINGS:
            await self._tell_a_human(session, row, deadly=True)
        else:
            # Even the telling killed.
            log.critical("no human was told", action="lanes.lost", error="Died")

    async def _tell_a_human(self, session: Session, row: InboxRow, *, deadly: bool) -> None:
        """Raises what a database raises that is away: then it is no fault of the update's, and
        another try tells.
        """
        watched = row.watched_at is not None
        try:
            async with session.begin_nested():
                update = update_of(row, session.keys)
                session.asked_at = await asked_at(session, row, update)
                await self.handler.give_up(session, update, watched=watched, deadly=deadly)
        except Exception as failure:
            if is_away(failure):
                raise
            log.critical("no human was told", action="lanes.lost", error=code_of(failure))
        self.metrics.updates.labels("set-aside").inc()
        log.error("an update was set aside", action="lanes.set-aside", number=row.number)


async def _all(after_commit: Sequence[AfterCommit]) -> None:
    """Best effort: whatever goes wrong, the updates are handled."""
    done = await asyncio.gather(*(after() for after in after_commit), return_exceptions=True)
    for error in done:
        if isinstance(error, Exception):
            log.error("a press was not answered", action="presses.answer", error=code_of(error))
