"""One database for one test after the other, emptied in between.

A new one is hundreds of files to copy and to delete, and whoever enters it plans everything anew:
together a quarter of what a test takes.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Pool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.embedded.postgres import EmbeddedPostgres
from storage.keys.keyring import Keyring
from storage.sessions import Clock, Database
from storage.wakes import Wakes
from tests.postgres import Compiled, DatabaseUrls, create_database, drop_database

# What was deleted lies on in its pages, and whoever looks for something reads past it.
_MOST_USES = 100
_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
_SEQUENCES = text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
# All else is empty when it is made.
_KEPT = "alembic_version"
# A transaction that is still open, or a lock that somebody holds beyond theirs: no beginning.
_IN_USE = """
    EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
    ) OR EXISTS (
        SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE locktype = 'advisory' AND datname = current_database()
    )
"""
_EMPTY = text("SELECT tests.empty()")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a test's data are."""

    urls: DatabaseUrls
    #: Connections that have planned what was asked before.
    pool: Pool | None = None


@dataclass
class Recycled:
    name: str
    urls: DatabaseUrls
    _entrance: AsyncEngine
    _owner: AsyncEngine
    _uses: int = 0

    @classmethod
    async def make(
        cls, postgres: EmbeddedPostgres, template: str, compiled: Compiled
    ) -> "Recycled":
        name = f"recycled_{uuid4().hex}"
        urls = await create_database(postgres, name, template)
        entrance = Database(urls.run_url, Keyring({1: bytes(32)}), Clock(), Wakes()).engine
        compiled.share(entrance)
        owner = create_async_engine(urls.owner_url, pool_size=1, isolation_level="AUTOCOMMIT")
        async with owner.connect() as connection:
            await can_be_emptied(connection)
        return cls(name, urls, entrance, owner)

    @property
    def place(self) -> Place:
        return Place(self.urls, self._entrance.sync_engine.pool)

    async def empty(self) -> bool:
        """Makes it as it was when it was new; False where that is not to be had any more."""
        self._uses += 1
        if self._uses == _MOST_USES:
            return False
        try:
            async with self._owner.connect() as connection:
                return await is_emptied(connection)
        except DBAPIError:
            return False

    async def drop(self, postgres: EmbeddedPostgres) -> None:
        await self._entrance.dispose()
        await self._owner.dispose()
        await drop_database(postgres, self.name)


async def can_be_emptied(connection: AsyncConnection) -> None:
    """From now on, in the database of its owner."""
    tables = (await connection.scalars(_TABLES)).all()
    sequences = (await connection.scalars(_SEQUENCES)).all()
    for statement in _emptying(set(tables) - {_KEPT}, sequences):
        await connection.execute(text(statement))


async def is_emptied(connection: AsyncConnection) -> bool:
    """Makes it as it was when it was new; False where somebody uses it still."""
    return bool(await connection.scalar(_EMPTY))


def _emptying(tables: Iterable[str], sequences: Iterable[str]) -> Iterator[str]:
    """A function whose statements are planned once. Few tables have anything in them."""
    deleting = (f'IF EXISTS (SELECT FROM "{t}") THEN DELETE FROM "{t}"; END IF;' for t in tables)
    beginning = (
        f"""IF (SELECT is_called FROM "{s}") THEN PERFORM setval('"{s}"', 1, false); END IF;"""
        for s in sequences
    )
    yield "CREATE SCHEMA tests"
    # As a replica of rows it asks for no order among the tables that refer to each other.
    yield f"""
        CREATE FUNCTION tests.empty() RETURNS bool LANGUAGE plpgsql
        SET session_replication_role = replica SET lock_timeout = '1s'
        AS $$ BEGIN
            IF {_IN_USE} THEN RETURN false; END IF;
            {" ".join(deleting)}
            {" ".join(beginning)}
            RETURN true;
        END $$
    """


@dataclass
class Recycling:
    """Of one session of tests."""

    postgres: EmbeddedPostgres
    template: str
    compiled: Compiled
    _resting: Recycled | None = None

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Place]:
        """A database with every table and nothing in them."""
        lent = self._resting or await Recycled.make(self.postgres, self.template, self.compiled)
        self._resting = None
        yield lent.place
        if await lent.empty():
            self._resting = lent
        else:
            await lent.drop(self.postgres)

    async def end(self) -> None:
        if self._resting:
            await self._resting.drop(self.postgres)
