"""Reading a backup back without a database: whether it is whole, and what opens it."""

import json
from collections import defaultdict

from bot.archive.taking import Backup
from bot.errors import CannotOpen
from storage.archive.copying import read_heading
from storage.archive.rows import Row, rows_of_table
from storage.archive.sealed_files import SealedFileError, SealedReader
from storage.keys.keyring import Keyring, SealError
from storage.schema import newest as newest_schema
from storage.seals.columns import BY_EPOCH
from storage.tables.returnees import WrappedKey

TABLES_NEWER = (
    "The database has the tables of a newer version, which alone knows all that lies under the"
    " older key: rotate with that one."
)


def ensure_opens_with(newest: Keyring, backup: Backup, held: Keyring) -> None:
    """Raises CannotOpen unless the newest key alone opens the file, and in it all that any key that
    is held opens. What none of them opens is noise.
    """
    try:
        with backup.file.open("rb") as file:
            shut = _count_shut(SealedReader(file, newest), newest, backup, held)
    except (OSError, SealedFileError):
        raise CannotOpen(f"{backup.file} can't be read back: the older key is kept.") from None
    if shut:
        raise CannotOpen(
            f"{shut} values in {backup.file} don't open with the new key:"
            " the older one is kept. Run this again."
        )


def _count_shut(archive: SealedReader, newest: Keyring, backup: Backup, held: Keyring) -> int:
    # Whoever migrates meanwhile brings sealed columns that are not looked at here.
    if read_heading(archive).schema != newest_schema():
        raise CannotOpen(TABLES_NEWER)
    sealed = _sealed_columns()
    rows: dict[str, int] = {}
    shut = 0
    while "rows" not in (part := json.loads(archive.read())):
        name = part["table"]
        rows[name] = 0
        for row in rows_of_table(archive, part["columns"]):
            rows[name] += 1
            shut += sum(
                not _opens(newest, row, *each) and _opens(held, row, *each)
                for each in sealed[name].items()
            )
    archive.finish()
    if not rows == part["rows"] == backup.rows:
        raise SealedFileError("This backup does not hold the rows that it should.")
    return shut


def _sealed_columns() -> dict[str, dict[str, str | None]]:
    """By table: its sealed columns, with the context; a wrapped data key has none."""
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    for column, context in {WrappedKey.wrapped: None, **BY_EPOCH}.items():
        found[column.class_.__tablename__][column.key] = context
    return found


def _opens(keys: Keyring, row: Row, column: str, context: str | None) -> bool:
    sealed = row[column]
    try:
        if sealed is not None and context is None:
            keys.unwrap(sealed)
        elif sealed is not None and context is not None:
            keys.open(sealed, context)
    except SealError:
        return False
    return True
