"""HSDS as a set of CSV files, described by a datapackage.json or by their names alone."""

import json
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from domain.directory.files.mapping import OLDER_IN_PLURAL, older_hsds
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
            name = PurePosixPath(file.name).name
            table = described.get(name) or table_of(name)
            if older := older_hsds().table_for(f"{table}.csv" if table else _in_plural(name)):
                _add(tables, older.table, older.rows(file))
            elif table:
                _add(tables, table, (Row(file.name, *each) for each in rows(file)))
            else:
                tables.pass_over(file.name)
    return tables


def _add(tables: Tables, table: str, found: Iterator[Row]) -> None:
    for row in found:
        tables.add(table, row)


def _in_plural(name: str) -> str:
    """As older HSDS calls the table of which a file's name says but one."""
    stem = PurePosixPath(name).stem.casefold()
    return f"{OLDER_IN_PLURAL.get(stem, stem)}.csv"


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
