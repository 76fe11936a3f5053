"""Which of several servers is the one that leads."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import text

from bot.embedded.postgres import EmbeddedPostgres
from bot.replica.replica import Replica
from bot.stopping import Stopping
from storage.away import AWAY
from storage.connections import connect
from storage.keys.keyring import Keyring
from storage.sessions import SERVICE, Clock, Database
from storage.wakes import Wakes
from tests.postgres import DatabaseUrls, set_for_database
from tests.standbys import Pair, owner_of, several

ONLY_READS = text("SELECT current_setting('transaction_read_only')")


def at(url: str, keys: Keyring) -> Database:
    return Database(url, keys, Clock(), Wakes())


async def only_reads(database: Database) -> bool:
    async with database.begin(SERVICE) as session:
        answer: str = await session.scalar(ONLY_READS)
    await database.close()
    return answer == "on"


async def test_what_waits_for_a_lock_sees_what_its_holder_did_whatever_the_server_was_set_to(
    postgres: EmbeddedPostgres, urls: DatabaseUrls, keys: Keyring
) -> None:
    await set_for_database(postgres, urls, "default_transaction_isolation = 'repeatable read'")
    database = at(urls.run_url, keys)
    async with database.begin(SERVICE) as session:
        assert await session.scalar(text("SHOW transaction_isolation")) == "read committed"
    await database.close()


async def test_p1_of_several_servers_the_one_is_asked_that_can_be_written_to(
    pair: Pair, keys: Keyring
) -> None:
    """As after a fail-over: whoever led before may be there again, and only read."""
    assert await only_reads(at(pair.standby.run_url, keys))
    assert not await only_reads(at(several(pair.standby, pair.primary), keys))


async def test_a_replica_leads_only_where_it_can_be_written(pair: Pair, keys: Keyring) -> None:
    """Its lock on a standby would keep nobody on the primary from leading, too."""
    database = at(several(pair.standby, pair.primary), keys)
    replica = Replica(several(pair.standby, pair.primary), database.wakes, database.keychain)
    stopping = Stopping()
    async with asyncio.TaskGroup() as group:
        group.create_task(replica.run(stopping))
        async with asyncio.timeout(60):
            await replica.changed.wait()
        async with owner_of(pair.primary) as primary:
            held = await primary.fetchval(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            )
        stopping.set()
    assert held
    await database.close()


@pytest.fixture
async def gone() -> AsyncIterator[int]:
    """The port of one that takes connections and says nothing."""

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    over = asyncio.Event()
    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    over.set()
    server.close()


async def test_p1_a_server_that_is_gone_without_a_word_keeps_nobody_from_the_others(
    pair: Pair, keys: Keyring, gone: int
) -> None:
    """Two alone, each with half of the time."""
    url = several(pair.primary).replace("?", f"?host=127.0.0.1:{gone}&")

    assert not await only_reads(at(url, keys))


async def test_p1_a_name_that_nobody_can_have_keeps_nobody_from_the_others(
    pair: Pair, keys: Keyring
) -> None:
    url = several(pair.primary, pair.standby).replace("?", "?host=a..b:5432&")

    assert not await only_reads(at(url, keys))


async def test_p1_where_the_last_has_such_a_name_the_database_is_away() -> None:
    """Whoever waits for a database goes on waiting."""
    with pytest.raises(AWAY):
        await connect(host=["127.0.0.1", "a..b"], port=[1, 5432], timeout=1)


async def test_p1_a_server_that_refuses_at_once_leaves_its_time_to_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allowed: list[float] = []

    async def refuse(**how: float) -> None:
        allowed.append(how["timeout"])
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncpg, "connect", refuse)
    monkeypatch.setattr("storage.connections.monotonic", lambda: 0.0)
    with pytest.raises(ConnectionRefusedError):
        await connect(host=["a", "b", "c"], port=[1, 2, 3], timeout=6)

    assert allowed == [2, 3, 6]
