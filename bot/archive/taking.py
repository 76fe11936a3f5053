"""Taking a backup, beside whatever runs."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.archive.connecting import connecting, is_empty
from bot.archive.noticing import note_backup
from bot.database.opening import database_urls, keys_in, keys_that_fit
from bot.errors import CannotOpen
from bot.settings import Settings
from bot.written_files import Kind, ensure_it_may_go_there, written
from storage.archive.copying import TablesChanged, dump, see_all
from storage.archive.sealed_files import SealedWriter, begins_sealed
from storage.away import AWAY
from storage.keys.keyring import Keyring

BACKUP = Kind("backup", begins_sealed)


@dataclass(frozen=True, slots=True)
class Backup:
    file: Path
    bytes: int
    #: Everything committed by then is in it; the database's clock.
    taken_at: datetime
    schema: str
    #: Whose key seals it.
    epoch: int
    #: By table.
    rows: dict[str, int]
    #: Whether the database knows of it, by which alone doctor and metrics tell how old the newest
    #: one is.
    noted: bool


async def take_backup(settings: Settings, file: Path) -> Backup:
    """Raises CannotOpen, and leaves no new file behind then."""
    ensure_it_may_go_there(file, BACKUP)
    held = keys_in(settings)
    async with database_urls(settings) as urls, connecting(urls.run, "wayhome run") as engine:
        keys = await _keys(engine, held, settings)
        async with engine.connect() as connection:
            with written(file, BACKUP) as draft:
                try:
                    heading, rows = await dump(connection, SealedWriter(draft, keys))
                except TablesChanged:
                    raise CannotOpen("The tables are being migrated: try again later.") from None
                size = draft.tell()
        noted = await _note(engine, heading.taken_at)
    return Backup(file, size, heading.taken_at, heading.schema, keys.current, rows, noted)


async def _note(engine: AsyncEngine, taken_at: datetime) -> bool:
    """The file stands in its place by now, whatever the database says: it may be gone just then, or
    only read, as one that stands by for another.
    """
    try:
        async with engine.begin() as connection:
            await see_all(connection)
            await note_backup(connection, taken_at)
    except AWAY:
        return False
    return True


async def _keys(engine: AsyncEngine, held: Keyring, settings: Settings) -> Keyring:
    """Without those that the rows are written with, nobody could read the backup."""
    async with engine.connect() as connection:
        if await is_empty(connection):
            raise CannotOpen("The database has no tables yet: there is nothing to back up.")
        await see_all(connection)
        return await keys_that_fit(connection, held, settings)
