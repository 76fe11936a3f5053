"""Opening the database and its keys, for the process and for every command beside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.database.refusals import is_about_a_value, is_lasting, is_second, sentence_of
from bot.database.which_bot import ensure_same_bot, number_in
from bot.embedded.postgres import EmbeddedPostgres, embedded_postgres
from bot.errors import CannotOpen, code_of
from bot.settings import Settings
from storage.archive.copying import see_all
from storage.away import AWAY, is_away
from storage.connections import IN_TIME
from storage.keys.files import KeyFileError, make_key_file, read_key_file
from storage.keys.fitting import KeysStrange, keys_of, remember_keys
from storage.keys.keyring import KeyMissing, Keyring
from storage.schema import TablesInUse, is_contracted, is_older, migrate, revision
from storage.sessions import SERVICE, Clock, Database
from storage.tables.service import Fact, KeyInUse
from storage.wakes import Wakes

log = structlog.get_logger()

CLOCK_FACT = "clock.offset"
NOT_UNICODE = (
    "The database is not in Unicode, and takes few of the scripts that people write in: make one"
    " with ENCODING 'UTF8' TEMPLATE template0."
)
TABLES_CONTRACTED = "The database has the tables of a newer version: run that one."
_RETRY = 2.0


@dataclass(frozen=True, slots=True)
class Urls:
    owner: str
    run: str
    embedded: bool
    #: The embedded one, held meanwhile.
    postgres: EmbeddedPostgres | None = None


@asynccontextmanager
async def database_urls(settings: Settings) -> AsyncIterator[Urls]:
    """Where the database is: the one that was named, or the embedded one, running meanwhile."""
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        yield Urls(owner=url, run=url, embedded=False)
    else:
        async with embedded_postgres(settings.data_dir) as postgres:
            yield Urls(postgres.owner_url, postgres.run_url, embedded=True, postgres=postgres)


@asynccontextmanager
async def opened(
    settings: Settings, urls: Urls, *, wait: bool = False, own: bool = False
) -> AsyncIterator[Database]:
    """The database, with keys that fit and a schema that is new enough.

    Raises CannotOpen. With `wait`, a database that is away is waited for instead, one that refuses
    us is not; an older one that is our `own` is brought up to date, since nobody else would.
    """
    while True:
        try:
            await _ensure_schema(urls, own=own)
            database = await _with_keys(settings, urls)
            break
        except AWAY as error:
            if not wait or is_lasting(error):
                raise CannotOpen(sentence_of(error, "wayhome run")) from None
            log.warning("waiting for the database", action="start.wait", error=code_of(error))
            await asyncio.sleep(_RETRY)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def entered(settings: Settings) -> AsyncIterator[Database]:
    """For a command, beside whatever runs. Raises CannotOpen, also where the database gives up in
    the middle, or can't take what was typed, or somebody else did the same first.
    """
    async with database_urls(settings) as urls, opened(settings, urls) as database:
        try:
            yield database
        except AWAY as error:
            if not (is_away(error) or is_about_a_value(error) or is_second(error)):
                raise
            raise CannotOpen(sentence_of(error, "wayhome run")) from None


async def _with_keys(settings: Settings, urls: Urls) -> Database:
    keys = await _keys(settings, urls)
    reread = partial(read_key_file, settings.key_path)
    database = Database(urls.run, keys, Clock(), Wakes(), reread_keys=reread)
    try:
        async with database.engine.begin() as connection:
            await see_all(connection)
            await keys_that_fit(connection, keys, settings)
            await remember_keys(connection, keys)
        async with database.begin(SERVICE) as session:
            fact = await session.get(Fact, CLOCK_FACT)
            database.clock.move_to(fact.value["seconds"] if fact else 0)
            if settings.bot_token is not None:
                await ensure_same_bot(session, number_in(settings.token()))
    except BaseException:
        await database.close()
        raise
    return database


async def _ensure_schema(urls: Urls, *, own: bool) -> None:
    """Newer tables will do, unless something that is used here is gone from them (0009)."""
    found, contracted = await _schema(urls.run)
    if (found is None and urls.embedded) or (own and is_older(found)):
        # Ours and new, or the demo's: nobody else would set it up.
        await _bring_up_to_date(urls.owner)
    elif found is None:
        raise CannotOpen("The database has no tables yet: run 'wayhome migrate'.")
    elif is_older(found):
        raise CannotOpen("The database has the tables of an older version: run 'wayhome migrate'.")
    elif contracted:
        raise CannotOpen(TABLES_CONTRACTED)


async def _bring_up_to_date(url: str) -> None:
    try:
        await migrate(url)
    except TablesInUse:
        raise CannotOpen(
            "The tables are in use, or made at this moment: try again later."
        ) from None


async def _schema(url: str) -> tuple[str | None, bool]:
    """The revision of the tables, and whether what is gone from them is still used here."""
    engine = create_async_engine(url, hide_parameters=True, connect_args=IN_TIME)
    try:
        async with engine.connect() as connection:
            there = await connection.scalar(text("SELECT to_regclass('alembic_version')"))
            if there is None:
                return None, False
            await connection.execute(text("SELECT set_config('role', 'wayhome_app', true)"))
            return await connection.run_sync(lambda sync: (revision(sync), is_contracted(sync)))
    finally:
        await engine.dispose()


def keys_in(settings: Settings) -> Keyring:
    """Those of the key file, which must be there. Raises CannotOpen."""
    try:
        return read_key_file(settings.key_path)
    except KeyFileError as error:
        raise _lacks_keys(error) from None


async def _keys(settings: Settings, urls: Urls) -> Keyring:
    """A new one only for a database that nothing is written in: for another it would only hide
    that its own is lost.
    """
    if urls.embedded and _is_missing(settings.key_path) and not await _knows_a_key(urls.run):
        # Another command may make it at this moment.
        with suppress(FileExistsError):
            _make_key_file(settings.key_path)
    return keys_in(settings)


def _is_missing(path: Path) -> bool:
    """Of one that can't even be looked for, whoever reads it says why."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


async def _knows_a_key(url: str) -> bool:
    engine = create_async_engine(url, hide_parameters=True, connect_args=IN_TIME)
    try:
        async with engine.begin() as connection:
            await see_all(connection)
            return await connection.scalar(select(KeyInUse.number)) is not None
    finally:
        await engine.dispose()


def _make_key_file(path: Path) -> None:
    try:
        make_key_file(path)
    except KeyFileError as error:
        raise _lacks_keys(error) from None


def _lacks_keys(error: KeyFileError) -> CannotOpen:
    return CannotOpen(f"{str(error)[0].upper()}{str(error)[1:]} (WAYHOME_KEY_FILE).")


async def keys_that_fit(connection: AsyncConnection, keys: Keyring, settings: Settings) -> Keyring:
    """Those that the database is written with; it remembers them by their fingerprints. Since the
    file was read, a rotation may have brought what was missing there.

    Raises CannotOpen.
    """
    try:
        with suppress(KeysStrange, KeyMissing):
            return await keys_of(connection, keys)
        return await keys_of(connection, keys_in(settings))
    except KeysStrange:
        raise CannotOpen(
            f"The key file {settings.key_path} does not belong to this database:"
            " bring back the one that it was written with (WAYHOME_KEY_FILE)."
        ) from None
    except KeyMissing:
        raise CannotOpen(
            f"The key file {settings.key_path} lacks a key that this database is written with:"
            " bring the newest one (WAYHOME_KEY_FILE)."
        ) from None
