"""Taking a backup, beside whatever runs."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.archive.connecting import connecting, is_empty
from bot.archive.whole_files import whole_file
from bot.opening import CannotOpen, database_urls, keys_in
from bot.settings import Settings
from storage.archive import TablesChanged, dump, see_all
from storage.fitting import keys_fit
from storage.keys import Keyring
from storage.sealed_files import SealedWriter


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


async def take_backup(settings: Settings, file: Path) -> Backup:
    """Raises CannotOpen; then no file has that name that had it not before."""
    keys = keys_in(settings)
    async with database_urls(settings) as urls, connecting(urls.run, "wayhome run") as engine:
        await _ensure_ours(engine, keys, settings)
        async with engine.connect() as connection:
            with whole_file(file) as draft:
                try:
                    heading, rows = await dump(connection, SealedWriter(draft, keys))
                except TablesChanged:
                    raise CannotOpen("The tables are being migrated: try again later.") from None
                size = draft.tell()
    return Backup(file, size, heading.taken_at, heading.schema, keys.current, rows)


async def _ensure_ours(engine: AsyncEngine, keys: Keyring, settings: Settings) -> None:
    async with engine.connect() as connection:
        if await is_empty(connection):
            raise CannotOpen("The database has no tables yet: there is nothing to back up.")
        await see_all(connection)
        if not await keys_fit(connection, keys):
            raise CannotOpen(
                f"The key file {settings.key_path} does not belong to this database:"
                " with it, nobody could read the backup's rows (WAYHOME_KEY_FILE)."
            )
