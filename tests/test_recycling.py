"""A database that a test has used is as good as new for the next one, or is not used again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.embedded.postgres import EmbeddedPostgres
from storage.keys.keyring import Keyring
from storage.sessions import SERVICE, Clock, Database
from storage.tables.base import Base
from storage.tables.cases import Case, Message
from storage.wakes import Wakes
from tests.domain.centre import Centre
from tests.postgres import Compiled
from tests.recycling import Place, Recycling


@pytest.fixture
async def ours(
    postgres: EmbeddedPostgres, migrated_template: str, compiled: Compiled
) -> AsyncIterator[Recycling]:
    ours = Recycling(postgres, migrated_template, compiled)
    yield ours
    await ours.end()


@asynccontextmanager
async def entered(place: Place) -> AsyncIterator[Database]:
    database = Database(place.urls.run_url, Keyring({1: b"k" * 32}), Clock(), Wakes())
    yield database
    await database.close()


async def number_of_what_is_said(database: Database) -> int | None:
    centre = await Centre.open(database, database.clock)
    person = await centre.person()
    await centre.signal(person)
    assert await centre.hears(person) is not None
    async with database.begin(SERVICE) as session:
        return await session.scalar(select(Message.number))


async def test_the_next_finds_nothing_and_counts_from_one(ours: Recycling) -> None:
    async with ours.lent() as first, entered(first) as database:
        assert await number_of_what_is_said(database) == 1
    async with ours.lent() as second, entered(second) as database:
        assert second == first
        async with database.begin(SERVICE) as session:
            rows = {
                name: await session.scalar(select(func.count()).select_from(table))
                for name, table in Base.metadata.tables.items()
            }
        assert {name: count for name, count in rows.items() if count} == {}
        assert await number_of_what_is_said(database) == 1


async def test_one_in_which_somebody_has_not_finished_is_not_lent_again(ours: Recycling) -> None:
    async with ours.lent() as first:
        database = Database(first.urls.run_url, Keyring({1: b"k" * 32}), Clock(), Wakes())
        unfinished = database.begin(SERVICE)
        await (await unfinished.__aenter__()).scalar(select(Case.id))
    async with ours.lent() as second:
        assert second.urls != first.urls
    await database.close()


async def test_one_in_which_somebody_holds_a_lock_is_not_lent_again(ours: Recycling) -> None:
    async with ours.lent() as first:
        engine = create_async_engine(first.urls.run_url, isolation_level="AUTOCOMMIT")
        connection = await engine.connect()
        await connection.execute(text("SELECT pg_advisory_lock(1)"))
    async with ours.lent() as second:
        assert second.urls != first.urls
    await connection.invalidate()
    await engine.dispose()
