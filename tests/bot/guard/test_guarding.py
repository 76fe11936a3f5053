"""Somebody hears of it when Wayhome can no longer tell anybody itself."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from inspect import signature

import pytest
from sqlalchemy import text

from bot.clockwork.clockwork import Clockwork, Tick
from bot.guard.alarms import Alarms
from bot.guard.guarding import Guard, Habits, Post
from bot.guard.looking import _PATIENCE, dialling
from bot.guard.noticing import last_look
from bot.health.health import Health
from bot.settings import SettingsError
from bot.stopping import Stopping
from domain.alerts.telling import escalate
from storage.sessions import SERVICE, Clock, Database
from storage.wakes import Wakes
from tests.bot.guard.hearing import Hearing, somebody_hears
from tests.bot.serving_health import asking
from tests.domain.centre import Centre
from tests.postgres import DatabaseUrls
from tests.process import free_port

# Of Apprise, as long as a dependency of its own needs it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

# The same as by default, a hundred times as fast.
HASTY = Habits(every=0.15, repeat=6)
NOT_WELL, WELL = "Wayhome is not well", "Wayhome is well again"


@asynccontextmanager
async def guarding(
    hearing: Hearing, *urls: str, habits: Habits = HASTY, address: str | None = None
) -> AsyncIterator[None]:
    stopping = Stopping()
    alarms = Alarms.at(address or hearing.address)
    guard = Guard([Post(url) for url in urls], alarms, hearing.heartbeat, habits)
    async with asyncio.TaskGroup() as group:
        group.create_task(guard.run(stopping))
        yield
        stopping.set()


@asynccontextmanager
async def ticking(clockwork: Clockwork) -> AsyncIterator[None]:
    """Escalation as `wayhome run` has it, only faster."""
    stopping = Stopping()
    hasty = Clockwork(
        clockwork.database,
        [Tick("escalate", 0.1, escalate)],
        clockwork.metrics,
        clockwork.ended_well,
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(hasty.run(stopping))
        yield
        stopping.set()


async def test_p2_escalation_that_stops_is_heard_outside_and_so_is_its_return(
    database: Database, urls: DatabaseUrls, clock: Clock
) -> None:
    await Centre.open(database, clock)
    owner = Database(urls.owner_url, database.keys, Clock(), Wakes(), pool=1)
    async with (
        somebody_hears() as hearing,
        asking(database, silence=1.5) as health,
        ticking(health.clockwork),
        guarding(hearing, health.url),
    ):
        await hearing.until(lambda: hearing.beats > 0)
        assert hearing.alarms == []
        async with owner.engine.begin() as connection:
            # Whoever looks for what is due waits from here on.
            await connection.execute(text('LOCK TABLE "case" IN ACCESS EXCLUSIVE MODE'))
            await hearing.until(lambda: NOT_WELL in hearing.titles)
        await hearing.until(lambda: WELL in hearing.titles)

    (title, words), *_ = hearing.alarms
    assert title == NOT_WELL
    assert "escalation has not ticked for a minute" in words
    assert hearing.titles.count(WELL) == 1
    await owner.close()


async def test_p2_a_service_that_is_gone_is_heard_of_again_and_again() -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    habits = Habits(every=0.05, repeat=0.2)
    async with somebody_hears() as hearing, guarding(hearing, gone, habits=habits):
        await hearing.until(lambda: len(hearing.alarms) >= 3)

    assert set(hearing.titles) == {NOT_WELL}
    assert "it can't be reached" in hearing.alarms[0][1]
    assert hearing.beats == 0


async def test_p2_one_address_of_several_that_is_not_well_is_enough(database: Database) -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    async with (
        somebody_hears() as hearing,
        asking(database) as health,
        guarding(hearing, health.url, gone),
    ):
        await hearing.until(lambda: bool(hearing.alarms))

    assert gone.removeprefix("http://") in hearing.alarms[0][1]
    assert hearing.beats == 0


async def test_two_bad_looks_are_no_alarm_and_a_third_is() -> None:
    async with somebody_hears() as hearing:
        guard = Guard([Post(f"http://127.0.0.1:{free_port()}")], Alarms.at(hearing.address))
        async with dialling() as client:
            for alarms in (0, 0, 1, 1):
                await guard.look_round(client)
                assert len(hearing.alarms) == alarms


def test_p2_escalation_that_has_just_stopped_is_heard_of_within_two_minutes() -> None:
    """Red after a while, seen by the next looks, of which the last may take its time."""
    silence = signature(Health).parameters["silence"].default
    habits, patience = Habits(), _PATIENCE.total or float("inf")

    assert silence + habits.bad_looks * habits.every + patience <= 120


async def test_what_answers_in_wayhomes_place_is_not_taken_for_it() -> None:
    async with (
        somebody_hears() as hearing,
        guarding(hearing, f"http://127.0.0.1:{hearing.port}/beat"),
    ):
        await hearing.until(lambda: bool(hearing.alarms))

    assert "something else answers there (404)" in hearing.alarms[0][1]


async def test_p2_an_alarm_that_reaches_nobody_is_tried_again_at_the_next_look() -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    async with somebody_hears() as hearing:
        hearing.deaf = True
        tried = 0

        def another_try() -> bool:
            nonlocal tried
            tried += 1
            return tried > 2

        async with guarding(hearing, gone):
            await hearing.until(another_try)
            hearing.deaf = False
            await hearing.until(lambda: bool(hearing.alarms))

    assert hearing.titles[0] == NOT_WELL


async def test_p2_one_address_that_takes_no_alarm_does_not_keep_it_from_the_others() -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    async with somebody_hears() as hearing:
        addresses = f"json://127.0.0.1:{free_port()}/nobody, {hearing.address}"
        async with guarding(hearing, gone, address=addresses):
            await hearing.until(lambda: bool(hearing.alarms))

    assert hearing.titles[0] == NOT_WELL


async def test_p8_an_alarm_shows_neither_a_password_nor_anything_of_anybody() -> None:
    gone = f"http://someone:secret@127.0.0.1:{free_port()}"
    async with somebody_hears() as hearing, guarding(hearing, gone):
        await hearing.until(lambda: bool(hearing.alarms))

    assert re.fullmatch(
        r"127\.0\.0\.1:\d+: it can't be reached\. Since \d\d:\d\d UTC\. While this lasts, people"
        r" who ask for help may wait unheard\. What to do: docs/operations\.md\.",
        hearing.alarms[0][1],
    )


async def test_wayhome_knows_that_a_guard_has_looked(database: Database) -> None:
    async with somebody_hears() as hearing, asking(database) as health:
        await health.problems()
        async with database.begin(SERVICE) as session:
            assert await last_look(session) is None
        async with guarding(hearing, health.url):
            await hearing.until(lambda: hearing.beats > 1)
    async with database.begin(SERVICE) as session:
        looked = await last_look(session)
        assert looked is not None
        assert looked <= session.database_now


@pytest.mark.parametrize("address", ["nonsense", "", "json://127.0.0.1/a, nonsense://b"])
def test_an_alarm_address_that_nobody_knows_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(SettingsError, match="WAYHOME_GUARD_ALARMS holds an address") as refused:
        Alarms.at(address)
    assert "nonsense" not in str(refused.value)
