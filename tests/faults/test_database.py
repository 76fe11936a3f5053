"""A database that restarts, goes away, fails over or is slow (P1, P12)."""

import time
import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from bot.embedded.postgres import EmbeddedPostgres
from tests.faults.conftest import NewWorld
from tests.faults.databases import Server, cluster, server
from tests.faults.judging import close
from tests.faults.load import kill_one, while_talking
from tests.faults.plugin import Row, Share
from tests.faults.script import cast
from tests.faults.world import SECRET, World, world
from tests.forking.nursery import Nursery

_RESTARTS = 50
_CUTS = 100
_UPDATES_A_BLOW = 20
_MESSAGES = 10_000
_MESSAGES_A_BLOW = 50
_MESSAGES_WHILE_AWAY = 400
_KNOCKS = 2_000
_MESSAGES_WHILE_SLOW = 60
_HANGING = 2


@pytest.fixture(scope="module")
async def trouble(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedPostgres]:
    """A PostgreSQL for nothing but these trials."""
    async with cluster(tmp_path_factory.mktemp("trouble")) as running:
        yield running


@pytest.fixture
async def database(trouble: EmbeddedPostgres) -> AsyncIterator[Server]:
    async with server(trouble, f"test_{uuid.uuid4().hex}") as running:
        yield running


@pytest.fixture
def new_world(nursery: Nursery, database: Server, tmp_path: Path) -> NewWorld:
    """On the database that is in trouble."""

    def make(**options: Any) -> AbstractAsyncContextManager[World]:
        (folder := tmp_path / "world").mkdir()
        return world(nursery, database.urls.run_url, folder, **options)

    return make


async def restart(world: World, database: Server) -> None:
    """A crash in the middle of transactions, and a start."""
    await world.cut_off_at(*world.replicas.values())
    await database.crash()
    await database.start()


async def test_p1_p12_a_database_that_restarts_in_mid_transaction_loses_nothing(
    new_world: NewWorld, database: Server, share: Share, random: Random
) -> None:
    row = share.row("PostgreSQL restarts in mid-transaction")
    row.runs = share.of(_RESTARTS)
    recoveries: list[float] = []

    async with new_world() as world:

        async def restart_and_recover() -> None:
            await restart(world, database)
            back, sends = time.monotonic(), _sends(world)
            # However little is left of the script, there is somebody to be answered.
            world.telegram.send_text(world.reader(), "Is anybody there?")
            await world.until(lambda: _sends(world) > sends)
            recoveries.append(time.monotonic() - back)

        script = await cast(world, random, row.runs * _UPDATES_A_BLOW)
        await world.start()
        await while_talking(world, script, random, row.runs, restart_and_recover)
        verdict = await close(script, row)
        assert verdict.repeated == []
    row.notes.append(f"at the latest {max(recoveries):.1f} s after it was back the next was sent")


def _sends(world: World) -> int:
    return len(world.telegram.calls("sendMessage"))


async def test_p1_p12_messages_outlive_the_deaths_of_replicas_and_database(
    new_world: NewWorld, database: Server, share: Share, random: Random
) -> None:
    row = share.row("messages under kill -9 of three replicas and the database")
    messages = share.of(_MESSAGES)
    row.runs = messages // _MESSAGES_A_BLOW
    row.notes.append(f"{messages} messages")
    async with new_world() as world:

        async def strike() -> None:
            if random.random() < 0.2:
                await restart(world, database)
            else:
                await kill_one(world, random)

        script = await cast(world, random, messages)
        for place in range(3):
            await world.start(place=place)
        await while_talking(world, script, random, row.runs, strike)
        await close(script, row)


async def test_p1_what_comes_while_the_database_is_away_is_refused_and_kept_afterwards(
    new_world: NewWorld, database: Server, share: Share, random: Random
) -> None:
    row = share.row("database away, updates brought by webhook")
    row.runs = share.of(_MESSAGES_WHILE_AWAY)
    async with new_world(intake="webhook") as world:
        script = await cast(world, random, row.runs)
        await world.start()
        script.say(1)
        await world.quiet()
        await database.crash()
        script.say(script.left)
        await _knock(world, share.of(_KNOCKS), row)
        assert len(world.telegram.simulator.updates.waiting) == row.runs - 1
        await database.start()
        back = time.monotonic()
        await world.quiet()
        row.notes.append(f"all done {time.monotonic() - back:.1f} s after it was back")
        await close(script, row)


async def _knock(world: World, times: int, row: Row) -> None:
    """Brings updates that can't be stored; none may be acknowledged."""
    address = f"http://127.0.0.1:{world.operator.port}"
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client:
        for number in range(times):
            answer = await client.post("/telegram", json={"update_id": number})
            assert answer.status_code == 503
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/healthz")).status_code == 200
    row.notes.append(f"{times} deliveries refused meanwhile")


async def test_p1_p12_connections_that_break_and_lead_elsewhere_lose_nothing(
    new_world: NewWorld, database: Server, share: Share, random: Random
) -> None:
    row = share.row("fail-over: connections cut, refused, led elsewhere")
    row.runs = share.of(_CUTS)
    way = database.way
    async with new_world(entrance=database.entrance) as world:

        async def fail_over() -> None:
            await world.cut_off_at(*world.replicas.values())
            way.closed = random.random() < 0.5
            way.cut()
            turned_away = way.turned_away
            await world.until(lambda: not way.closed or way.turned_away > turned_away)
            way.closed = False

        script = await cast(world, random, row.runs * _UPDATES_A_BLOW)
        for place in range(2):
            await world.start(place=place)
        await while_talking(world, script, random, row.runs, fail_over)
        verdict = await close(script, row)
        assert verdict.repeated == []


async def test_p1_slow_queries_and_a_pool_without_connections_only_delay(
    new_world: NewWorld, database: Server, share: Share, random: Random
) -> None:
    row = share.row("slow queries, and no connection left")
    row.runs = _MESSAGES_WHILE_SLOW
    async with new_world(intake="webhook") as world:
        script = await cast(world, random, row.runs)
        await world.start()
        script.say(1)
        await world.quiet()
        async with database.slow() as hanging:
            script.say(script.left)
            await hanging(_HANGING)
            assert len(world.telegram.simulator.updates.waiting) == row.runs - 1
        await close(script, row)
