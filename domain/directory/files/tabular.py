"""HSDS as a set of CSV files, described by a datapackage.json or by their names alone."""

import json
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from domain.directory.files.mapping import older_hsds
from domain.directory.files.sources import SourceFile
from domain.directory.files.tables import Row, Tables, table_of
from domain.directory.files.texts import decoded, rows

PACKAGE = "datapackage.json"
TABULAR = {".csv", ".tsv", ".txt"}


def read_tabular(files: Sequence[SourceFile]) -> Tables:
    described = _described(files)
    tables = Tables()
    for file in files:
        if file.suffix in TABULAR:
            for table, row in _read(file, described):
                tables.add(table, row)
    return tables


def _read(file: SourceFile, described: dict[str, str]) -> Iterator[tuple[str, Row]]:
    name = PurePosixPath(file.name).name
    table = described.get(name) or table_of(name)
    older = older_hsds().table_for(f"{table}.csv" if table else name)
    if older:
        yield from ((older.table, row) for row in older.rows(file))
    elif table:
        yield from ((table, Row(file.name, number, cells)) for number, cells in rows(file))


def _described(files: Sequence[SourceFile]) -> dict[str, str]:
    """File name to table, as far as a data package says so."""
    package = next((f for f in files if PurePosixPath(f.name).name == PACKAGE), None)
    if not package:
        return {}
    try:
        resources = json.loads(decoded(package))["resources"]
        pairs = [(PurePosixPath(r["path"]).name, table_of(r["name"])) for r in resources]
    except (ValueError, KeyError, TypeError, RecursionError):
        # Such as the text of a link that a download left behind. The files' names say enough.
        return {}
    return {name: table for name, table in pairs if table}
