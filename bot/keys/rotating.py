"""`wayhome keys rotate`: a new key for everything, beside whatever runs.

Each step finds out how far an earlier run came, so whoever was killed is finished by the next.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bot.archive.reading import TABLES_NEWER, ensure_opens_with
from bot.archive.taking import BACKUP, Backup, take_backup
from bot.database.opening import database_urls, keys_in, opened
from bot.errors import CannotOpen
from bot.replica.replica import replicas_alive, replicas_with_key
from bot.settings import Settings
from bot.written_files import ensure_it_may_go_there
from domain import audit
from storage.away import AWAY, is_away
from storage.keys.files import KeyFileError, add_key, keep_keys_since
from storage.keys.keyring import Keyring
from storage.schema import newest as newest_schema
from storage.schema import revision
from storage.seals.resealing import Batch, Table, reseal, tables
from storage.seals.rotation import KeyState, announce, change_over, end_older_keys, key_state, left
from storage.sessions import SERVICE, Database, Session
from storage.tables.organisations import Organisation

# Whoever holds this advisory lock rotates.
_ROTATES = 0x4B455953
_LOOK_AGAIN = 0.5
_TRIES = 20
_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Rotated:
    epoch: int
    #: Values that were under older keys, and values that no key opens.
    resealed: int
    unreadable: int
    backup: Backup
    #: Without the older keys.
    key_file: Path
    #: Whether it is the key file itself, and not one that is to take its place.
    in_place: bool


async def rotate(
    settings: Settings,
    *,
    backup: Path | None = None,
    key_to: Path | None = None,
    patience: float = 60,
) -> Rotated:
    """`key_to` takes the key files that can't be written in their place. Raises CannotOpen, and
    the next call goes on from there.
    """
    async with (
        _in_one_sentence(),
        database_urls(settings) as urls,
        opened(settings, urls) as database,
        _alone(database),
    ):
        async with database.begin(SERVICE) as session:
            await _ensure_all_is_known(session)
            state = await key_state(session)
        _ensure_there_is_room_for(_place(settings, backup, state.current + 1))
        if not _changed_over(state, database.keychain.held):
            held = _with_new_key(settings, database, state.current, key_to)
            await _change_over(database, held, patience)
        resealed, unreadable = await _reseal(database)
        async with database.begin(SERVICE) as session:
            if await end_older_keys(session):
                await _put_on_record(session)
            newest = session.keys.since(session.keys.current, session.keys.fingerprint)
        taken = await _back_up(settings, _place(settings, backup, newest.current))
        ensure_opens_with(newest, taken, database.keychain.held)
        _ensure_it_is_there(newest, settings)
        _write(keep_keys_since, settings, newest.current, key_to)
    return Rotated(
        newest.current, resealed, unreadable, taken, key_to or settings.key_path, key_to is None
    )


async def _back_up(settings: Settings, place: Path) -> Backup:
    """Raises CannotOpen, and says how far it is: the disk may be full only now."""
    try:
        return await take_backup(settings, place)
    except CannotOpen as error:
        raise CannotOpen(
            f"{error} Everything is under the new key already, and the old one stays in the key"
            " file until there is a backup: make room, or name another place, and run this again."
            " Today, since the custodians' copies open nothing that is written now; if it can't be"
            " done today, bring them the key file as it is."
        ) from None


def _ensure_there_is_room_for(backup: Path) -> None:
    """Raises CannotOpen: the folder of the data need not be there, or take anything."""
    try:
        ensure_it_may_go_there(backup, BACKUP)
    except CannotOpen as error:
        raise CannotOpen(f"{error} Name a place for the new backup with --backup.") from None


def _place(settings: Settings, backup: Path | None, epoch: int) -> Path:
    return backup or settings.data_dir / f"keys-{epoch}.backup"


async def _ensure_all_is_known(session: Session) -> None:
    """Newer tables, on which everything else works, may hold sealed columns that nobody here would
    bring over: the older key is the only one that opens them.
    """
    connection = await session.connection()
    if await connection.run_sync(revision) != newest_schema():
        raise CannotOpen(TABLES_NEWER)


async def _put_on_record(session: Session) -> None:
    """In each organisation's ledger: it is their people whose words no older key opens now."""
    for organisation_id in await session.scalars(select(Organisation.id)):
        audit.record(session, organisation_id, "keys.rotated", epoch=session.keys.current)


def _changed_over(state: KeyState, held: Keyring) -> bool:
    """Whether an earlier run came so far that something of it is left to be done."""
    return state.oldest < state.current or held.oldest < state.current == held.current


def _with_new_key(
    settings: Settings, database: Database, current: int, key_to: Path | None
) -> Keyring:
    """Those of the key file and a new one, which an earlier run or the operator may have added."""
    if database.keychain.held.current == current:
        _write(add_key, settings, current + 1, key_to)
        if key_to is not None:
            raise CannotOpen(
                f"{key_to} has a new key and the one before: let every replica have it as"
                f" {settings.key_path}, and run this again."
            )
        database.keychain.look_again()
    return database.keychain.held


async def _change_over(database: Database, held: Keyring, patience: float) -> None:
    """Once every replica can read what is written with the new key."""
    async with database.begin(SERVICE) as session:
        await announce(session, held.current, held.fingerprint)
    await _until_all_have(database, held.fingerprint, patience)
    for attempt in range(_TRIES):
        try:
            async with database.begin(SERVICE) as session:
                await change_over(session, held)
        except DBAPIError as error:
            if not is_away(error) or attempt + 1 == _TRIES:
                raise
            await asyncio.sleep(_PAUSE)
        else:
            return


async def _until_all_have(database: Database, fingerprint: bytes, patience: float) -> None:
    lacking = 0
    for _ in range(max(1, round(patience / _LOOK_AGAIN))):
        async with database.begin(SERVICE) as session:
            alive = set(await replicas_alive(session))
            lacking = len(alive - set(await replicas_with_key(session, fingerprint)))
        if not lacking:
            return
        await asyncio.sleep(_LOOK_AGAIN)
    raise CannotOpen(
        f"{lacking} of {len(alive)} running replicas have not read the new key yet: let each have"
        " the new key file (or the newer version), and run this again. Nothing was changed."
    )


async def _reseal(database: Database) -> tuple[int, int]:
    """Returns how many values were brought over, and how many no key opens."""
    resealed = unreadable = 0
    for table in tables():
        while True:
            done = await _pass(database, table)
            resealed += done.resealed
            async with database.begin(SERVICE) as session:
                waits = await left(session, table)
            if waits <= done.noisy_rows:
                unreadable += done.unreadable
                break
            # Somebody has them locked.
            await asyncio.sleep(_LOOK_AGAIN)
    return resealed, unreadable


async def _pass(database: Database, table: Table) -> Batch:
    """From one end of the table to the other; what all its batches did."""
    done = Batch()
    batch = await _batch(database, table, None)
    while batch.last is not None:
        done.resealed += batch.resealed
        done.unreadable += batch.unreadable
        done.noisy_rows += batch.noisy_rows
        batch = await _batch(database, table, batch.last)
    return done


async def _batch(database: Database, table: Table, after: Any) -> Batch:
    """Asked again where it stood in somebody's way. By all keys that are held: an earlier run may
    have ended the older ones before everything was brought over.
    """
    held = database.keychain.held
    for attempt in range(_TRIES):
        try:
            async with database.begin(SERVICE) as session:
                session.info["keys"] = held.since(held.oldest, session.keys.fingerprint)
                return await reseal(session, table, after=after)
        except AWAY as error:
            if not is_away(error) or attempt + 1 == _TRIES:
                raise
            await asyncio.sleep(_PAUSE)
    raise AssertionError


def _ensure_it_is_there(newest: Keyring, settings: Settings) -> None:
    """Nothing else opens the database any more, and it is not written down anywhere else."""
    if newest.fingerprint not in keys_in(settings).fingerprints().values():
        raise CannotOpen(
            f"The key file {settings.key_path} lost its new key meanwhile, as when somebody brings"
            " an older one back: nothing else opens the database now. Bring the new one back, and"
            " run this again."
        )


def _write(
    change: Callable[[Path, int, Path | None], None],
    settings: Settings,
    number: int,
    key_to: Path | None,
) -> None:
    try:
        change(settings.key_path, number, key_to)
    except KeyFileError as error:
        raise CannotOpen(
            f"{str(error)[0].upper()}{str(error)[1:]}: name another place with --key-to, put that"
            " file in its place for every replica, and run this again."
        ) from None


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[None]:
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        if not await connection.scalar(text(f"SELECT pg_try_advisory_lock({_ROTATES})")):
            raise CannotOpen("Somebody rotates the keys at this moment.")
        try:
            yield
        finally:
            with suppress(DBAPIError):
                await connection.execute(text(f"SELECT pg_advisory_unlock({_ROTATES})"))


@asynccontextmanager
async def _in_one_sentence() -> AsyncIterator[None]:
    try:
        yield
    except AWAY as error:
        if not is_away(error):
            raise
        raise CannotOpen(
            "The database went away or is in use by something long, such as a backup:"
            " run this again, and it goes on from there."
        ) from None
