"""The ticks. Each looks for what is due now, so one more or one less changes nothing."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import code_of
from bot.metrics.metrics import Metrics
from bot.stopping import Stopping
from domain.one_by_one import LOOK_AGAIN_AT_A_BROKEN_ONE, all_failed
from storage.away import is_away
from storage.sessions import SERVICE, Database, Session

log = structlog.get_logger()

_WATCHDOG = 5.0
# A wall clock that moved this much against the monotonic one was set by somebody.
_STEP = 2.0
# What failed is tried again a minute later, give or take some seconds, by whichever replica comes
# first. What this one no longer tries is due no more, or another's.
_TRIED_AGAIN = LOOK_AGAIN_AT_A_BROKEN_ONE.total_seconds() - 10
_FORGOTTEN = 3 * LOOK_AGAIN_AT_A_BROKEN_ONE.total_seconds()


@dataclass(frozen=True, slots=True)
class Tick:
    name: str
    seconds: float
    #: Does what is due and returns how much that was.
    work: Callable[[Session], Awaitable[int]]
    #: Each connection plans its statements once (decision 0041).
    planned_once: bool = False


#: Begins a tick, and ends with it.
Begin = Callable[[Tick], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Failing:
    """All that was due in a tick failed, and nothing went well since; on the monotonic clock."""

    since: float
    last: float


@dataclass(slots=True)
class Clockwork:
    database: Database
    ticks: Sequence[Tick]
    metrics: Metrics
    #: When each tick last ended well, on the monotonic clock.
    ended_well: dict[str, float] = field(default_factory=dict)
    failing: dict[str, Failing] = field(default_factory=dict)

    async def run(self, stopping: Stopping) -> None:
        """Ticks until it is time to stop; then the transactions in hand are finished."""
        async with asyncio.TaskGroup() as in_hand:

            async def begin(tick: Tick) -> None:
                """Shielded: APScheduler cuts off at its end what it has begun."""
                if not stopping.is_set():
                    await asyncio.shield(in_hand.create_task(self._work(tick, stopping)))

            await self._schedule(begin, stopping)

    async def _schedule(self, begin: Begin, stopping: Stopping) -> None:
        """Each at its time, side by side, whatever the machine's clock does meanwhile."""
        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.start()
        self._plan(scheduler, begin)
        apart = time.time() - time.monotonic()
        try:
            while not stopping.is_set():
                await stopping.pause(_WATCHDOG)
                if abs(time.time() - time.monotonic() - apart) > _STEP:
                    log.warning("the clock was set", action="clock.step")
                    apart = time.time() - time.monotonic()
                    self._plan(scheduler, begin)
        finally:
            scheduler.shutdown(wait=False)

    def _plan(self, scheduler: Any, begin: Begin) -> None:
        """APScheduler counts by the wall clock: after a step back it would not fire for hours.

        Each begins at a moment of its own: those of the same interval would all come at once, again
        and again, and take every connection that there is.
        """
        now = datetime.now(UTC)
        for place, tick in enumerate(self.ticks, start=1):
            scheduler.add_job(
                begin,
                "interval",
                args=[tick],
                id=tick.name,
                seconds=tick.seconds,
                start_date=now + timedelta(seconds=tick.seconds * place / len(self.ticks)),
                replace_existing=True,
                coalesce=True,
                max_instances=1,
                # However late, it runs: what is due does not stop being due.
                misfire_grace_time=None,
            )

    async def _work(self, tick: Tick, stopping: Stopping) -> None:
        try:
            await self.tick(tick, stopping)
        except Exception as error:
            self._end_badly(tick, error)

    def _end_badly(self, tick: Tick, error: Exception) -> None:
        if is_away(error):
            log.warning("a tick waits", action="tick.wait", tick=tick.name, error=code_of(error))
            self.metrics.ticks.labels(tick.name, "waited").inc()
        else:
            log.error("a tick failed", action="tick.failed", tick=tick.name, error=code_of(error))
            self.metrics.ticks.labels(tick.name, "failed").inc()

    async def tick(self, tick: Tick, stopping: Stopping | None = None) -> int:
        """One tick now, in as many transactions as there are batches; those that are left when it
        is time to stop stay due.
        """
        done = 0
        while True:
            async with self.database.begin(SERVICE, planned_once=tick.planned_once) as session:
                batch = await tick.work(session)
            if batch == 0:
                break
            self._note(tick, failed=all_failed(session))
            done += batch
            if stopping is not None and stopping.is_set():
                return done
        self.ended_well[tick.name] = time.monotonic()
        self.metrics.ticks.labels(tick.name, "done").inc()
        return done

    def _note(self, tick: Tick, *, failed: bool) -> None:
        if not failed:
            self.failing.pop(tick.name, None)
            return
        now, failing = time.monotonic(), self._failing_now(tick.name)
        self.failing[tick.name] = Failing(since=failing.since if failing else now, last=now)

    def fails_each_time(self, tick: str) -> bool:
        """Whether all that was due in this tick failed, and again when it was tried again."""
        failing = self._failing_now(tick)
        return failing is not None and failing.last - failing.since > _TRIED_AGAIN

    def _failing_now(self, tick: str) -> Failing | None:
        failing = self.failing.get(tick)
        is_over = failing is None or time.monotonic() - failing.last > _FORGOTTEN
        return None if is_over else failing

    async def tick_all(self) -> int:
        """Every tick, once."""
        return sum([await self.tick(tick) for tick in self.ticks])
