"""A PostgreSQL whose every commit waits for its standby."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.embedded.cluster import PORT
from bot.embedded.postgres import EmbeddedPostgres
from bot.embedded.roles import DATABASE, OWNER, RUN
from storage.schema import migrate
from tests.recycling import can_be_emptied, is_emptied

_NAME = "second"
_WAITS = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
_HAS_CAUGHT_UP = "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn"
_LOOK = 0.02
_PATIENCE = 60


@dataclass
class Pair:
    primary: EmbeddedPostgres
    standby: EmbeddedPostgres
    _folder: Path
    _options: Mapping[str, str]

    @asynccontextmanager
    async def without_standby(self) -> AsyncIterator[None]:
        await asyncio.to_thread(self.standby.stop)
        try:
            yield
        finally:
            self.standby = await asyncio.to_thread(
                EmbeddedPostgres.start, self._folder, self._options
            )

    async def waiting(self) -> int:
        """The backend whose commit waits for the standby, once there is one."""
        async with owner_of(self.primary) as connection, asyncio.timeout(_PATIENCE):
            while True:
                if (found := await connection.fetchval(_WAITS)) is not None:
                    return int(found)
                await asyncio.sleep(_LOOK)

    async def give_up(self, backend: int) -> None:
        """Waits no longer for the standby; what it committed stands on the primary alone."""
        async with owner_of(self.primary) as connection:
            await connection.execute("SELECT pg_cancel_backend($1)", backend)

    async def empty(self) -> None:
        """Once all who used it are gone."""
        async with _emptying(self.primary) as connection, asyncio.timeout(_PATIENCE):
            while True:
                if await is_emptied(connection):
                    return
                await asyncio.sleep(_LOOK)

    async def on_standby(self, question: str) -> Any:
        """What the standby says, once it has all that the primary has."""
        async with owner_of(self.primary) as connection:
            written = await connection.fetchval("SELECT pg_current_wal_lsn()::text")
        async with owner_of(self.standby) as connection, asyncio.timeout(_PATIENCE):
            while True:
                if await connection.fetchval(_HAS_CAUGHT_UP, written):
                    return await connection.fetchval(question)
                await asyncio.sleep(_LOOK)


def several(*servers: EmbeddedPostgres) -> str:
    """An address that names them all, as one for `wayhome run`."""
    hosts = "&".join(f"host={each.socket_folder}:{PORT}" for each in servers)
    return f"postgresql+asyncpg://{RUN}:{servers[0].passwords.run}@/{DATABASE}?{hosts}"


@asynccontextmanager
async def owner_of(server: EmbeddedPostgres) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(server.owner_url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def _emptying(server: EmbeddedPostgres) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(server.owner_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        yield connection


@asynccontextmanager
async def primary_and_standby(folder: Path) -> AsyncIterator[Pair]:
    first, second = folder / "first", folder / _NAME
    new = await asyncio.to_thread(EmbeddedPostgres.start, first)
    await migrate(new.owner_url)
    async with _emptying(new) as connection:
        await can_be_emptied(connection)
    await asyncio.to_thread(new.stop)
    await asyncio.to_thread(_copy, new, second)
    primary = await asyncio.to_thread(
        EmbeddedPostgres.start, first, {"synchronous_standby_names": _NAME}
    )
    options = {"primary_conninfo": _way_to(primary)}
    standby = await asyncio.to_thread(EmbeddedPostgres.start, second, options)
    pair = Pair(primary, standby, second, options)
    yield pair
    await asyncio.to_thread(pair.standby.stop)
    await asyncio.to_thread(primary.stop)


def _copy(stopped: EmbeddedPostgres, copied: Path) -> None:
    """All of it, with whom each file belongs to."""
    files = stopped.cluster.folder
    with (files / "pg_hba.conf").open("a") as rules:
        rules.write("\nlocal replication all scram-sha-256\n")
    copy = shutil.which("cp")
    assert copy is not None
    subprocess.run([copy, "-a", str(files.parent), str(copied)], check=True)
    (copied / files.name / "standby.signal").touch()


def _way_to(primary: EmbeddedPostgres) -> str:
    place = f"host={primary.socket_folder} port={PORT}"
    return f"{place} user={OWNER} password={primary.passwords.owner} application_name={_NAME}"
