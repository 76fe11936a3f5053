"""A database that is there, and keeps nothing of what it is told, or not for long."""

from collections.abc import AsyncIterator, Callable

import pytest

from bot.health.check import Check
from bot.health.database_checks import checks_of_database
from storage.archive.copying import see_all
from storage.connections import IN_TIME
from storage.keys.fitting import remember_keys
from storage.keys.keyring import Keyring
from storage.sessions import Clock, Database
from storage.wakes import Wakes
from tests.bot.serving_health import asking
from tests.standbys import Pair, several

Way = Callable[[Pair], str]


def standby_alone(pair: Pair) -> str:
    return pair.standby.run_url


def standbys(pair: Pair) -> str:
    """Named beside each other, as where the one that leads has yet to come."""
    return several(pair.standby, pair.standby)


@pytest.fixture
async def primary(pair: Pair, keys: Keyring) -> AsyncIterator[Database]:
    database = Database(pair.primary.run_url, keys, Clock(), Wakes())
    await met(database)
    yield database
    await database.close()


@pytest.fixture
async def standby(pair: Pair, keys: Keyring) -> AsyncIterator[Database]:
    database = Database(pair.standby.run_url, keys, Clock(), Wakes())
    yield database
    await database.close()


async def met(database: Database) -> None:
    """As one that `wayhome run` has once opened."""
    async with database.engine.begin() as connection:
        await see_all(connection)
        await remember_keys(connection, database.keys)


async def found(database: Database) -> Check:
    checks = checks_of_database(database)
    return {check.name: check async for check in checks}["server"]


@pytest.mark.parametrize("way", [standby_alone, standbys])
async def test_p1_a_replica_whose_database_only_reads_is_not_ready_and_says_why(
    pair: Pair, keys: Keyring, way: Way
) -> None:
    """From its first moment: a balancer would lead people's words to it."""
    database = Database(way(pair), keys, Clock(), Wakes())
    async with asking(database) as health:
        assert await health.problems() == ["the database only reads"]
    await database.close()


async def test_the_doctor_finds_a_database_that_only_reads(
    primary: Database, standby: Database
) -> None:
    assert (await found(primary)).ok
    assert "only reads" in (await found(standby)).detail
    assert not (await found(standby)).ok


async def test_the_doctor_finds_a_pooler_that_lets_commits_go_unwritten(
    pair: Pair, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What connections begin with never comes to the server, where it may be otherwise."""
    monkeypatch.setitem(IN_TIME, "server_settings", {"synchronous_commit": "off"})
    database = Database(pair.primary.run_url, keys, Clock(), Wakes())
    await met(database)
    check = await found(database)
    await database.close()

    assert not check.ok
    assert "a pooler" in check.detail


async def test_the_doctor_finds_a_server_that_a_power_cut_makes_forget(database: Database) -> None:
    await met(database)
    check = await found(database)

    assert not check.ok
    assert check.detail.startswith("fsync and full_page_writes off")
