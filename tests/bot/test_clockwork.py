"""The ticks go on, whatever somebody does to the machine's clock."""

import asyncio
from dataclasses import dataclass

import pytest

from bot import clockwork
from bot.clockwork import Clockwork, Tick
from bot.metrics import Metrics
from bot.stopping import Stopping
from storage.sessions import Database, Session


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
