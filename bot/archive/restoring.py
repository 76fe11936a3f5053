"""Restoring a backup into an empty database: all of it, or nothing."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.archive.connecting import connecting, is_empty
from bot.archive.drilling import thrown_away
from bot.database.opening import NOT_UNICODE, database_urls, keys_in
from bot.errors import CannotOpen
from bot.settings import Settings
from domain.recovery.restored import Recovered, recover
from storage.archive.copying import Heading, load, read_heading
from storage.archive.sealed_files import SealedFileError, SealedReader
from storage.away import AWAY
from storage.keys.fitting import KeysStrange, keys_of
from storage.keys.keyring import KeyMissing, Keyring
from storage.schema import NotUnicode, ensure_unicode, is_known, upgrade
from storage.seals.columns import open_all


@dataclass(frozen=True, slots=True)
class Restored:
    heading: Heading
    #: By table, as many as were backed up.
    rows: dict[str, int]
    #: Sealed values and keyed hashes that the keys open, and that they don't.
    opened: int
    unreadable: int
    recovered: Recovered
    #: What was lost: the time since the backup. RPO, the recovery point objective, bounds it.
    lost: timedelta
    #: Whether PostgreSQL knows how large its tables are.
    measured: bool
    #: How long it took. RTO, the recovery time objective, bounds it.
    took: timedelta


async def restore(settings: Settings, file: Path, *, drill: bool = False) -> Restored:
    """Raises CannotOpen, and leaves the database as empty as it was.

    A drill restores into a PostgreSQL of its own, which is thrown away.
    """
    started = time.monotonic()
    keys = keys_in(settings)
    with _readable(file) as source:
        archive = SealedReader(source, keys)
        heading = read_heading(archive)
        if not is_known(heading.schema):
            raise CannotOpen("This backup was made by a newer Wayhome: restore it with that one.")
        place = thrown_away() if drill else _owned(settings)
        async with place as url, connecting(url, "wayhome migrate") as engine:
            return await _restore(engine, keys, archive, heading, started)


@contextmanager
def _readable(file: Path) -> Iterator[BinaryIO]:
    try:
        with file.open("rb") as source:
            yield source
    except SealedFileError as error:
        raise CannotOpen(str(error)) from None
    except OSError as error:
        raise CannotOpen(f"{file} can't be read: {error.strerror}.") from None


@asynccontextmanager
async def _owned(settings: Settings) -> AsyncIterator[str]:
    async with database_urls(settings) as urls:
        yield urls.owner


async def _restore(
    engine: AsyncEngine, keys: Keyring, archive: SealedReader, heading: Heading, started: float
) -> Restored:
    async with engine.begin() as connection:
        if not await is_empty(connection):
            raise CannotOpen("There are tables in this database: a backup goes into an empty one.")
        try:
            await connection.run_sync(ensure_unicode)
        except NotUnicode:
            raise CannotOpen(NOT_UNICODE) from None
        await connection.run_sync(upgrade, heading.schema)
        rows = await load(connection, archive)
        await connection.run_sync(upgrade)
        try:
            keys = await keys_of(connection, keys)
        except (KeysStrange, KeyMissing):
            raise CannotOpen(
                "The key file lacks a key that this backup was written with."
            ) from None
        tally = await open_all(connection, keys)
        now = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        recovered = await recover(connection, keys, heading.taken_at, now)
    measured = await _learn_sizes(engine)
    return Restored(
        heading=heading,
        rows=rows,
        opened=tally[True],
        unreadable=tally[False],
        recovered=recovered,
        lost=now - heading.taken_at,
        measured=measured,
        took=timedelta(seconds=time.monotonic() - started),
    )


async def _learn_sizes(engine: AsyncEngine) -> bool:
    """Or PostgreSQL plans its first queries as if the tables were empty. Everything is there by
    now, also where it can't be asked for that.
    """
    try:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("ANALYZE"))
    except AWAY:
        return False
    return True
