"""A PostgreSQL of its own for a measurement, with the settings that an installation has."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text

from benchmarks.processes import Usage, usage_of
from bot.embedded.postgres import EmbeddedPostgres
from storage.keys.keyring import Keyring
from storage.schema import migrate
from storage.sessions import SERVICE, Clock, Database
from storage.wakes import Wakes


@asynccontextmanager
async def fresh_postgres() -> AsyncIterator[EmbeddedPostgres]:
    """Every table, no row. Commits are flushed to the disk: what is measured is durable."""
    with tempfile.TemporaryDirectory(prefix="wayhome-bench-") as folder:
        # Blocking: a start that is cancelled half way would leave a server behind.
        postgres = EmbeddedPostgres.start(Path(folder))
        try:
            await migrate(postgres.owner_url)
            yield postgres
        finally:
            postgres.stop()


@asynccontextmanager
async def entered(url: str, keys: Keyring | None = None) -> AsyncIterator[Database]:
    """The database as `wayhome run` enters it; with keys that open nothing else by default."""
    database = Database(url, keys or Keyring({1: b"k" * 32}), Clock(), Wakes())
    try:
        yield database
    finally:
        await database.close()


def usage_of_postgres(postgres: EmbeddedPostgres) -> Usage:
    """Of the server and all its backends."""
    return usage_of(_postmaster(postgres))


async def shared_by_postgres(database: Database) -> int:
    """Bytes that the server takes when it starts, for all its backends together: its buffers, most
    of all.
    """
    async with database.begin(SERVICE) as session:
        megabytes = await session.scalar(text("SHOW shared_memory_size"))
    assert megabytes is not None
    return int(megabytes.removesuffix("MB")) * 1024 * 1024


def _postmaster(postgres: EmbeddedPostgres) -> int:
    return int((postgres.cluster.folder / "postmaster.pid").read_text().split()[0])
