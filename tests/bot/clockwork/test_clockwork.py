"""The ticks go on, whatever somebody does to the machine's clock."""

import asyncio
from bisect import bisect_left
from dataclasses import dataclass
from datetime import timedelta

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import select, text

from bot.clockwork import clockwork
from bot.clockwork.clockwork import Clockwork, Tick
from bot.clockwork.ticks import TICKS
from bot.metrics.metrics import Metrics
from bot.stopping import Stopping
from storage.sessions import SERVICE, Database, Session
from storage.tables.service import Fact

HOUR = timedelta(hours=1)
# A tick that finds nothing is done sooner.
MOMENT = timedelta(milliseconds=50)
OFTEN = 0.01


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

    def note(self: Clockwork, scheduler: object, begin: object) -> None:
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
    Clockwork(database, TICKS, Metrics())._plan(scheduler, begin_nothing)
    moments = sorted(
        job.trigger.start_date + number * job.trigger.interval
        for job in scheduler.get_jobs()
        for number in range(HOUR // job.trigger.interval)
    )
    together = [bisect_left(moments, one + MOMENT) - place for place, one in enumerate(moments)]
    assert len(moments) > 5_000
    assert max(together) <= 3


async def begin_nothing(_: Tick) -> None:
    return None


async def until_it_stops(stopping: Stopping, ticking: Clockwork) -> None:
    async with asyncio.timeout(20):
        await ticking.run(stopping)


async def test_what_a_tick_has_in_hand_when_it_is_time_to_stop_is_finished(
    database: Database,
) -> None:
    stopping = Stopping()

    async def write(session: Session) -> int:
        stopping.set()
        # In which whoever does not wait for it would have ended.
        await session.execute(text("SELECT pg_sleep(0.3)"))
        session.add(Fact(name="written", value={}, changed_at=session.now))
        return 0

    await until_it_stops(stopping, Clockwork(database, (Tick("write", OFTEN, write),), Metrics()))

    async with database.begin(SERVICE) as session:
        assert list(await session.scalars(select(Fact.name))) == ["written"]


async def test_p2_a_tick_that_finds_no_end_holds_up_no_other_and_ends_when_it_is_time_to_stop(
    database: Database,
) -> None:
    stopping, goes_on = Stopping(), asyncio.Event()
    batches = 0

    async def endless(_: Session) -> int:
        nonlocal batches
        batches += 1
        goes_on.set()
        return 1

    async def other(_: Session) -> int:
        await goes_on.wait()
        stopping.set()
        return 0

    ticks = (Tick("endless", OFTEN, endless), Tick("other", OFTEN, other))
    await until_it_stops(stopping, Clockwork(database, ticks, Metrics()))

    until_then = batches
    for _ in range(20):
        async with database.begin(SERVICE) as session:
            await session.execute(text("SELECT"))
    assert batches == until_then


@pytest.mark.parametrize(
    ("state", "outcome"), [("55P03", "waited"), ("23505", "failed"), ("42P01", "failed")]
)
async def test_a_database_that_refuses_what_is_asked_of_it_is_not_away(
    database: Database, state: str, outcome: str
) -> None:
    stopping, metrics = Stopping(), Metrics()

    async def refused(session: Session) -> int:
        stopping.set()
        await session.execute(
            text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$")
        )
        return 0

    await until_it_stops(stopping, Clockwork(database, (Tick("refused", OFTEN, refused),), metrics))

    counted = metrics.registry.get_sample_value(
        "wayhome_ticks_total", {"tick": "refused", "outcome": outcome}
    )
    assert counted == 1
