"""The ticks go on, whatever somebody does to the machine's clock."""

import asyncio
from bisect import bisect_left
from dataclasses import dataclass
from datetime import timedelta

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clockwork import clockwork
from bot.clockwork.clockwork import Clockwork, Tick
from bot.clockwork.ticks import TICKS
from bot.metrics.metrics import Metrics
from bot.stopping import Stopping
from storage.sessions import Database, Session

HOUR = timedelta(hours=1)
# A tick that finds nothing is done sooner.
MOMENT = timedelta(milliseconds=50)


@dataclass
class MovedTime:
    """The time module, as the clockwork sees it: set after the first look at it."""

    step: float
    looks: int = 0

    def time(self) -> float:
        self.looks += 1
        return self.monotonic() + (self.step if self.looks > 1 else 0)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()


@pytest.mark.parametrize("step", [86_400.0, -86_400.0, -5.0])
async def test_p2_a_clock_that_was_set_has_all_ticks_planned_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch, step: float
) -> None:
    """APScheduler counts by the wall clock: without a new plan it would not tick for a day."""
    planned, again = 0, asyncio.Event()

    def note(self: Clockwork, scheduler: object) -> None:
        nonlocal planned
        planned += 1
        if planned > 1:
            again.set()

    async def nothing(session: Session) -> int:
        return 0

    monkeypatch.setattr(clockwork, "time", MovedTime(step))
    monkeypatch.setattr(clockwork, "_WATCHDOG", 0.01)
    monkeypatch.setattr(Clockwork, "_plan", note)
    ticking = Clockwork(database, (Tick("nothing", 3600, nothing),), Metrics())
    stopping = Stopping()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(ticking.run(stopping))
        await again.wait()
        stopping.set()

    assert planned == 2


def test_p2_ticks_of_the_same_interval_never_come_all_at_once(database: Database) -> None:
    """Each takes a connection: together they would leave none to whoever cries for help."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    Clockwork(database, TICKS, Metrics())._plan(scheduler)
    moments = sorted(
        job.trigger.start_date + number * job.trigger.interval
        for job in scheduler.get_jobs()
        for number in range(HOUR // job.trigger.interval)
    )
    together = [bisect_left(moments, one + MOMENT) - place for place, one in enumerate(moments)]
    assert len(moments) > 5_000
    assert max(together) <= 3
