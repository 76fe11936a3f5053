"""All rows of the database in a sealed file, and back: COPY, one table after the other.

The tables themselves are not in it. Migrations make them, with their policies and rights, so an
archive fits any PostgreSQL that Wayhome runs on. Records: what the archive is; then for each
table its name and columns, its rows as COPY's binary format, and an empty record; then how many
rows each table had.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, column, func, inspect, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.archive.sealed_files import SealedFileError, SealedReader, SealedWriter
from storage.rows import by_name
from storage.schema import VERSION_TABLE


@dataclass(frozen=True, slots=True)
class Heading:
    #: The revision of the tables that the rows come from.
    schema: str
    #: The database's clock: everything committed by then is in it.
    taken_at: datetime


class TablesChanged(Exception):
    """The tables were changed while they were about to be read."""


async def see_all(connection: AsyncConnection) -> None:
    """Every row, for this transaction. Commands, unlike queries, take no snapshot yet."""
    await connection.execute(text("SET LOCAL ROLE wayhome_app"))
    await connection.execute(text("SET LOCAL wayhome.scope = 'service'"))


async def dump(
    connection: AsyncConnection, archive: SealedWriter
) -> tuple[Heading, dict[str, int]]:
    """Writes every row as of one instant, while others go on; returns the rows of each table.

    Raises TablesChanged when a migration comes in between: try again.
    """
    await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    columns = await _tables(connection)
    await _hold_still(connection, columns)
    heading = await _heading(connection)
    if await connection.run_sync(_columns) != columns:
        raise TablesChanged
    archive.write(_packed(schema=heading.schema, taken_at=heading.taken_at.isoformat()))
    rows = {name: await _dump(connection, archive, name, columns[name]) for name in columns}
    archive.write(_packed(rows=rows))
    archive.finish()
    return heading, rows


async def _tables(connection: AsyncConnection) -> dict[str, list[str]]:
    """By name, each after those that it refers to."""
    await see_all(connection)
    found = await connection.run_sync(_columns)
    await connection.rollback()
    return found


async def _hold_still(connection: AsyncConnection, names: Mapping[str, Any]) -> None:
    """Keeps migrations off before the snapshot is taken: a table that is rewritten looks empty."""
    await see_all(connection)
    quoted = ", ".join(f'"{name}"' for name in (VERSION_TABLE, *names))
    await connection.execute(text(f"LOCK TABLE {quoted} IN ACCESS SHARE MODE"))


async def _heading(connection: AsyncConnection) -> Heading:
    """The first query, so its instant is the snapshot's."""
    row = await connection.execute(
        select(
            column("version_num").label("schema"),
            func.statement_timestamp().label("taken_at"),
        ).select_from(table(VERSION_TABLE))
    )
    return Heading(**by_name(row.one()))


def _columns(connection: Connection) -> dict[str, list[str]]:
    look = inspect(connection)
    names = [name for name, _ in look.get_sorted_table_and_fkc_names() if name is not None]
    return {
        name: [each["name"] for each in look.get_columns(name) if "computed" not in each]
        for name in names
        if name != VERSION_TABLE
    }


async def _dump(
    connection: AsyncConnection, archive: SealedWriter, name: str, columns: list[str]
) -> int:
    archive.write(_packed(table=name, columns=columns))
    failures: list[OSError] = []

    async def keep(data: bytes) -> None:
        """Where it fails, asyncpg would wait for ever for the end of what it has called off."""
        if failures:
            return
        try:
            archive.write(data)
        except OSError as error:
            failures.append(error)

    copied = await (await _driver(connection)).copy_from_table(
        name, columns=columns, output=keep, format="binary"
    )
    for failure in failures:
        raise failure
    archive.write(b"")
    return _number(copied)


def read_heading(archive: SealedReader) -> Heading:
    kept = json.loads(archive.read())
    return Heading(kept["schema"], datetime.fromisoformat(kept["taken_at"]))


async def load(connection: AsyncConnection, archive: SealedReader) -> dict[str, int]:
    """Puts every row into empty tables of the heading's revision, as their owner.

    Returns the rows of each table, which are as many as there were. Raises SealedFileError: then
    the transaction must not be committed.
    """
    loaded: dict[str, int] = {}
    while "rows" not in (part := json.loads(archive.read())):
        copied = await (await _driver(connection)).copy_to_table(
            part["table"], columns=part["columns"], source=_rows(archive), format="binary"
        )
        loaded[part["table"]] = _number(copied)
    archive.finish()
    counted = {name: await _count(connection, name) for name in loaded}
    if not loaded == counted == part["rows"]:
        raise SealedFileError("This backup does not hold the rows that it should.")
    await _count_on(connection, loaded)
    return loaded


async def _rows(archive: SealedReader) -> AsyncIterator[bytes]:
    while data := archive.read():
        yield data


async def _count(connection: AsyncConnection, name: str) -> int:
    return (await connection.execute(select(func.count()).select_from(table(name)))).scalar_one()


async def _count_on(connection: AsyncConnection, names: Mapping[str, Any]) -> None:
    """What PostgreSQL numbers by itself goes on after the highest number."""
    for name, numbered in await connection.run_sync(lambda sync: list(_numbered(sync, names))):
        highest: ColumnElement[int] = func.coalesce(func.max(column(numbered)), 0)
        sequence = func.pg_get_serial_sequence(f'"{name}"', numbered)
        await connection.execute(
            select(func.setval(sequence, highest + 1, False)).select_from(table(name))
        )


def _numbered(connection: Connection, names: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    look = inspect(connection)
    for name in names:
        for each in look.get_columns(name):
            if each.get("identity"):
                yield name, each["name"]


async def _driver(connection: AsyncConnection) -> Any:
    """asyncpg's own connection, in the same transaction: SQLAlchemy knows no COPY."""
    return (await connection.get_raw_connection()).driver_connection


def _number(copied: str) -> int:
    """How many rows, from "COPY 12"."""
    return int(copied.removeprefix("COPY "))


def _packed(**parts: Any) -> bytes:
    return json.dumps(parts).encode()
