"""What a process holds that stands still becomes free, whatever it was doing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from bot.archive.connecting import connecting
from bot.replica.replica import Replica
from bot.replica.standstill import SETTINGS, end_standstills
from bot.stopping import Stopping
from storage.sessions import Database
from tests.faults.world import until
from tests.postgres import DatabaseUrls

LOCK = "SELECT pg_advisory_xact_lock(42)"
MUCH = "SELECT repeat('x', 50000000)"
GOODBYE = b"SFATAL\0C57P05\0Mterminating connection due to idle-session timeout\0\0"
TAKES_NONE = "SELECT wait_event = 'ClientWrite' FROM pg_stat_activity WHERE pid = $1"


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.replica.standstill._PATIENCE", timedelta(0))


@asynccontextmanager
async def connected(urls: DatabaseUrls, **settings: str) -> AsyncIterator[Any]:
    url = urls.run_url.replace("+asyncpg", "")
    connection = await asyncpg.connect(url, server_settings=SETTINGS | settings)
    yield connection
    connection.terminate()


async def asks_and_is_cut_off(connection: Any) -> None:
    with pytest.raises(asyncpg.PostgresConnectionError):
        await connection.execute(MUCH)


async def test_p1_who_stands_still_between_two_words_of_a_statement_holds_nothing_any_longer(
    urls: DatabaseUrls,
) -> None:
    """PostgreSQL counts it among the active, to whom no idle limit applies."""
    async with connected(urls) as frozen, connected(urls) as other:
        await frozen.execute(f"BEGIN; {LOCK}")
        await frozen.prepare("SELECT 1")
        assert await end_standstills(other) == 1
        await other.execute(LOCK)


async def test_p1_who_takes_no_answer_holds_nothing_any_longer(urls: DatabaseUrls) -> None:
    async with connected(urls) as frozen, connected(urls) as other:
        await frozen.execute(f"BEGIN; {LOCK}")
        async with asyncio.TaskGroup() as group:
            group.create_task(asks_and_is_cut_off(frozen))
            await asyncio.sleep(0)
            frozen._transport.pause_reading()

            async def takes_none() -> bool:
                return bool(await other.fetchval(TAKES_NONE, frozen.get_server_pid()))

            await until(takes_none)
            assert await end_standstills(other) == 1
            await other.execute(LOCK)
            frozen._transport.resume_reading()


async def test_who_merely_has_nothing_to_do_and_who_is_not_ours_is_left_alone(
    urls: DatabaseUrls,
) -> None:
    async with (
        connected(urls),
        connected(urls, application_name="somebody's backup") as not_ours,
        connected(urls) as other,
    ):
        await not_ours.execute(f"BEGIN; {LOCK}")
        await not_ours.prepare("SELECT 1")
        assert await end_standstills(other) == 0


async def test_a_backup_whose_disk_is_slow_is_not_taken_for_one_that_stands_still(
    urls: DatabaseUrls,
) -> None:
    async with (
        connecting(urls.owner_url, "backup") as engine,
        engine.connect() as slow,
        connected(urls) as other,
    ):
        name = (await slow.exec_driver_sql("SHOW application_name")).scalar_one()
        async with connected(urls, application_name=name) as waits:
            await waits.execute(f"BEGIN; {LOCK}")
            await waits.prepare("SELECT 1")
            assert await end_standstills(other) == 0


async def test_p1_a_replica_that_wakes_up_to_a_goodbye_goes_on_with_another_connection(
    database: Database, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read before the connection is seen to be closed."""
    made: list[Any] = []
    connect = asyncpg.connect

    async def connect_and_tell(**how: Any) -> Any:
        made.append(await connect(**how))
        return made[-1]

    class Nap(Stopping):
        async def wait_for(self, woken: asyncio.Event, seconds: float) -> None:
            if len(made) > 1:
                self.set()
            else:
                made[0]._protocol.data_received(b"E" + (len(GOODBYE) + 4).to_bytes(4) + GOODBYE)

    monkeypatch.setattr("asyncpg.connect", connect_and_tell)
    await Replica(urls.run_url, database.wakes, database.keychain).run(Nap())
    assert len(made) == 2
