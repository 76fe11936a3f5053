"""Health over real HTTP, with a real PostgreSQL that is taken away."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.clockwork.ticks import ALERTING, ESCALATION, REMINDING, TICKS
from bot.embedded.postgres import EmbeddedPostgres
from bot.guard.looking import dialling, look
from domain.alerts import telling
from storage.keys.keyring import Keyring
from storage.kinds import Severity
from storage.schema import migrate
from storage.sessions import SERVICE, Clock, Database
from storage.wakes import Wakes
from tests.bot.serving_health import TICK, asking
from tests.domain.centre import Centre
from tests.hanging_proxy import hanging_proxy
from tests.postgres import HASTE, DatabaseUrls


def database_at(url: str, keys: Keyring, pool: int = 5) -> Database:
    return Database(url, keys, Clock(), Wakes(), pool)


async def test_a_working_replica_is_alive_and_ready(database: Database) -> None:
    async with asking(database) as health:
        assert (await health.client.get("/healthz")).text == "ok"
        assert await health.problems() == []


async def test_a_database_that_stops_is_said_to_be_away_until_it_is_back(
    keys: Keyring, tmp_path: Path
) -> None:
    postgres = EmbeddedPostgres.start(tmp_path, HASTE)
    await migrate(postgres.owner_url)
    database = database_at(postgres.run_url, keys)
    async with asking(database) as health:
        assert await health.problems() == []
        await asyncio.to_thread(postgres.stop)
        assert await health.problems() == ["the database is away"]
        assert (await health.metrics())["wayhome_database_up"] == 0
        assert (await health.client.get("/healthz")).is_success
        postgres = await asyncio.to_thread(EmbeddedPostgres.start, tmp_path, HASTE)
        assert await health.problems() == []
        assert (await health.metrics())["wayhome_database_up"] == 1
    await database.close()
    postgres.stop()


async def test_an_exhausted_pool_is_named_and_recovers(urls: DatabaseUrls, keys: Keyring) -> None:
    database = database_at(urls.run_url, keys, pool=1)
    async with asking(database) as health, AsyncExitStack() as holders:
        for _ in range(database.most_connections):
            await holders.enter_async_context(database.begin(SERVICE))
        assert await health.problems() == ["every connection to the database is in use"]
        metrics = await health.metrics()
        assert metrics["wayhome_database_up"] == 0
        assert metrics["wayhome_database_connections"] == database.most_connections
        assert metrics["wayhome_database_connections_most"] == database.most_connections
        await holders.aclose()
        assert await health.problems() == []
        assert (await health.metrics())["wayhome_database_connections"] == 0
    await database.close()


async def test_a_database_that_accepts_and_answers_nothing_is_named_and_recovers(
    urls: DatabaseUrls, keys: Keyring
) -> None:
    async with hanging_proxy(urls.run_url) as proxy:
        database = database_at(proxy.url, keys)
        async with asking(database) as health:
            assert await health.problems() == []
            proxy.flowing.clear()
            # An open connection first, then new ones.
            for _ in range(2):
                assert await health.problems() == ["the database does not answer"]
            assert (await health.metrics())["wayhome_database_up"] == 0
            proxy.flowing.set()
            assert await health.problems() == []
        await database.close()


async def test_a_slow_query_takes_metrics_but_not_readiness(
    database: Database, urls: DatabaseUrls
) -> None:
    locker = database_at(urls.owner_url, database.keys)
    async with asking(database) as health:
        async with locker.engine.begin() as connection:
            await connection.execute(text('LOCK TABLE "case" IN ACCESS EXCLUSIVE MODE'))
            assert (await health.metrics())["wayhome_database_up"] == 0
            assert await health.problems() == []
        assert (await health.metrics())["wayhome_database_up"] == 1
    await locker.close()


async def test_tables_of_an_older_version_are_a_problem_and_newer_ones_only_once_something_is_gone(
    database: Database, urls: DatabaseUrls
) -> None:
    owner = database_at(urls.owner_url, database.keys)

    async def at(revision: str) -> None:
        async with owner.engine.begin() as connection:
            await connection.execute(
                text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
            )

    async with asking(database) as health:
        await at("0001")
        assert await health.problems() == ["the database has the tables of an older version"]
        await at("9999")
        assert await health.problems() == []
        async with owner.engine.begin() as connection:
            await connection.execute(text("COMMENT ON TABLE alembic_version IS '9998'"))
        assert await health.problems() == ["the database has lost what this old version needs"]
    await owner.close()


async def test_a_database_without_our_tables_is_named(
    empty_database: DatabaseUrls, keys: Keyring
) -> None:
    database = database_at(empty_database.run_url, keys)
    async with asking(database) as health:
        assert await health.problems() == ["the database has no tables of ours"]
    await database.close()


async def test_p2_escalation_that_no_longer_ticks_is_named_until_it_ticks_again(
    database: Database,
) -> None:
    async with asking(database, silence=0.2) as health:
        await health.clockwork.tick(TICK)
        assert await health.problems() == []
        health.clockwork.ended_well[ESCALATION] -= 1
        assert await health.problems() == ["escalation has not ticked for a minute"]
        await health.clockwork.tick(TICK)
        assert await health.problems() == []


async def test_p2_alerts_that_fail_each_time_are_named_and_take_no_replica_out_of_use(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In each of them they would, and staff see in the console who waits."""
    centre = await Centre.open(database, clock)
    await centre.signal(await centre.person(), Severity.EMERGENCY)
    async with asking(database) as health, dialling() as guard:

        async def told_a_minute_later() -> tuple[str | None, int]:
            clock.offset += timedelta(minutes=1)
            for failing in health.clockwork.failing.values():
                failing.since -= 60
            await health.clockwork.tick(TICK)
            answer = await health.client.get("/readyz")
            assert answer.json()["ready"]
            return await look(guard, health.url), answer.status_code

        with monkeypatch.context() as patched:
            patched.setattr(telling, "_facts", _fail)
            clock.offset += timedelta(hours=1)
            assert await told_a_minute_later() == (None, 200)
            failed = "alerts fail each time that they are tried"
            assert await told_a_minute_later() == (failed, 200)
            # Long ago, and nobody asked meanwhile: what fails now fails for the first time.
            health.clockwork.failing[ESCALATION].last -= 200
            again = [await told_a_minute_later() for _ in range(2)]
            assert again == [(None, 200), (failed, 200)]
            health.clockwork.failing[ESCALATION].last -= 200
            assert await look(guard, health.url) is None
        assert await told_a_minute_later() == (None, 200)


@pytest.mark.parametrize("name", REMINDING)
async def test_p2_reminders_that_no_longer_tick_are_named_and_take_no_replica_out_of_use(
    database: Database, name: str
) -> None:
    """As where each tick fails as a whole, in all replicas: staff see in the console who waits."""
    [tick] = [each for each in TICKS if each.name == name]
    async with asking(database, ticks=[TICK, tick]) as health, dialling() as guard:
        await health.clockwork.tick(tick)
        assert await look(guard, health.url) is None
        health.clockwork.ended_well[name] -= 200
        assert await look(guard, health.url) == "reminders have not ticked for three minutes"
        assert (await health.client.get("/readyz")).status_code == 200
        await health.clockwork.tick(tick)
        assert await look(guard, health.url) is None


async def _fail(*_: object) -> None:
    raise ValueError("nobody can tell of it")


def test_what_tells_staff_of_somebody_are_ticks() -> None:
    assert set(ALERTING) < {tick.name for tick in TICKS}
