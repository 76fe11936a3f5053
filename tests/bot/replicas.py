"""Replicas at work beside a test, and what their connections are."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import asyncpg

from bot.replica.replica import Replica, replicas_alive
from bot.stopping import Stopping
from storage.sessions import SERVICE, Database
from tests.faults.world import until
from tests.postgres import DatabaseUrls

_CUT = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1"


def new_replica(database: Database, urls: DatabaseUrls) -> Replica:
    return Replica(urls.run_url, database.wakes, database.keychain)


@asynccontextmanager
async def living(database: Database, replica: Replica) -> AsyncIterator[None]:
    """It has its connection within the block."""
    stopping = Stopping()
    async with asyncio.TaskGroup() as group:
        group.create_task(replica.run(stopping))
        await until_alive(database, replica)
        yield
        stopping.set()


async def alive(database: Database) -> Sequence[int]:
    async with database.begin(SERVICE) as session:
        return await replicas_alive(session)


async def until_alive(database: Database, replica: Replica) -> None:
    async def so() -> bool:
        return replica.number in await alive(database)

    await until(so)


async def until_so(look: Callable[[], object]) -> None:
    """As soon as what it looks at is true."""

    async def so() -> bool:
        return bool(look())

    await until(so)


async def cut(urls: DatabaseUrls, replica: Replica) -> None:
    """Its connection breaks."""
    connection = await asyncpg.connect(urls.run_url.replace("+asyncpg", ""))
    await connection.execute(_CUT, replica.number)
    await connection.close()
    await until_so(lambda: replica.was_cut_off)
