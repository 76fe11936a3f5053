"""Two who are at it at the same moment, each in a transaction of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from storage.sessions import SERVICE, Database, Session
from tests.postgres import DatabaseUrls

_BLOCKED = text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
_GATE = 4711
_FUNCTION = f"""
CREATE FUNCTION passes_the_gate() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    IF current_setting('wayhome.passes_by', true) = 'yes' THEN RETURN true; END IF;
    PERFORM pg_advisory_lock_shared({_GATE}), pg_advisory_unlock_shared({_GATE});
    RETURN true;
END $$
"""
_POLICY = 'CREATE POLICY stops_at_the_gate ON "{}" AS RESTRICTIVE USING (passes_the_gate())'


async def stands_still(database: Database, *tasks: asyncio.Task[Any]) -> None:
    """Returns once somebody waits for a lock of the database, or these have ended without one."""
    async with database.begin(SERVICE) as session:
        while not all(task.done() for task in tasks):
            if await session.scalar(_BLOCKED):
                return


@dataclass(frozen=True, slots=True)
class Gate:
    """While it is shut, whoever has begun to read a table waits, and then sees what was there as
    they began.
    """

    _connection: AsyncConnection

    async def shut(self) -> None:
        await self._connection.execute(text(f"SELECT pg_advisory_lock({_GATE})"))

    async def pass_by(self, session: Session) -> None:
        """It does not stop this transaction."""
        await session.execute(text("SELECT set_config('wayhome.passes_by', 'yes', true)"))

    async def open(self) -> None:
        await self._connection.execute(text(f"SELECT pg_advisory_unlock({_GATE})"))


@asynccontextmanager
async def gate_before(urls: DatabaseUrls, table: str) -> AsyncIterator[Gate]:
    """It stands open at first."""
    engine = create_async_engine(urls.owner_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(_FUNCTION))
        await connection.execute(text(_POLICY.format(table)))
        yield Gate(connection)
    await engine.dispose()
