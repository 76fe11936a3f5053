"""A PostgreSQL of a trial's own, that can be stopped as a crash stops it, and comes back."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import make_url

from bot.embedded.cluster import PORT
from bot.embedded.postgres import EmbeddedPostgres
from storage.schema import migrate
from tests.faults.proxy import Proxy, proxy
from tests.faults.world import until
from tests.postgres import DatabaseUrls, create_database

# What is committed must outlive a crash of the server, though not of the machine: also where
# whoever runs it lets it say, for speed, that something is committed before it is written down.
_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "wal_writer_delay": "10s"}
_TEMPLATE = "template_in_trouble"
_HANGING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@dataclass
class Server:
    postgres: EmbeddedPostgres
    urls: DatabaseUrls
    #: The replicas' way in.
    way: Proxy

    @property
    def entrance(self) -> str:
        """The address behind the proxy."""
        url = make_url(self.urls.run_url).set(host="127.0.0.1", port=self.way.port, query={})
        return url.render_as_string(hide_password=False)

    async def crash(self) -> None:
        """An immediate stop: nobody finishes anything. Returns when the server is gone."""
        cluster = self.postgres.cluster
        process = int((cluster.folder / "postmaster.pid").read_text().split()[0])
        os.kill(process, signal.SIGQUIT)

        async def gone() -> bool:
            return cluster.socket_folder() is None

        await until(gone)

    async def start(self) -> None:
        """Returns when it welcomes connections again."""
        await asyncio.to_thread(self.postgres.cluster.start)

    @asynccontextmanager
    async def slow(self) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
        """Meanwhile every query of the inbox hangs; what it gives waits until so many do."""
        url = self.urls.owner_url
        async with _alone(url) as holder, _alone(url) as onlooker, holder.transaction():
            await holder.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")

            async def hanging(queries: int) -> None:
                async def so_many() -> bool:
                    return int(await onlooker.fetchval(_HANGING)) >= queries

                await until(so_many)

            yield hanging


@asynccontextmanager
async def _alone(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def cluster(folder: Path) -> AsyncIterator[EmbeddedPostgres]:
    """With a template that has every table."""
    postgres = await asyncio.to_thread(EmbeddedPostgres.start, folder, _SETTINGS)
    try:
        await migrate((await create_database(postgres, _TEMPLATE)).owner_url)
        yield postgres
    finally:
        await asyncio.to_thread(postgres.stop)


@asynccontextmanager
async def server(postgres: EmbeddedPostgres, name: str) -> AsyncIterator[Server]:
    """With a fresh database of that name."""
    urls = await create_database(postgres, name, _TEMPLATE)
    path = str(postgres.socket_folder / f".s.PGSQL.{PORT}")
    async with proxy(partial(asyncio.open_unix_connection, path)) as way:
        yield Server(postgres, urls, way)
