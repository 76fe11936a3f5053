"""Whose address a directory itself calls secret, in whichever of its rows and columns it says so.

Somebody's own table says it in a column of notes, an organisation where it describes itself, and
others beside a telephone number.
"""

from collections.abc import Iterator

from domain.directory.files.details import owner_of
from domain.directory.files.secrecy import calls_its_place_secret
from domain.directory.files.tables import OWNERS, Row, Tables
from domain.directory.files.terms import Terms

Whose = tuple[str, str]

_THEMSELVES = {table: column for column, table in OWNERS.items()}
_OF_OTHERS = (
    "addresses", "phones", "schedules", "service_areas", "languages", "required_documents",
    "eligibility", "accessibility",
)  # fmt: skip


class Hidden:
    def __init__(self, tables: Tables, terms: Terms) -> None:
        self._terms = terms
        self._said = set(_said(tables))

    def is_said(self, column: str, identity: str) -> bool:
        """Of whatever others name in this column."""
        return (column, identity) in self._said or self._terms.says_secret(identity)


def _said(tables: Tables) -> Iterator[Whose]:
    of_services = tables.lines("services")
    for table, row in tables.every():
        # In a table of one's own the whole line is of one service. It hides that one's address,
        # not everything that the organisation or the town has which stand there, too.
        if table != "services" and row.line in of_services:
            continue
        if (whose := _whose(table, row)) and calls_its_place_secret(row.cells):
            yield whose


def _whose(table: str, row: Row) -> Whose | None:
    if table in _OF_OTHERS:
        return owner_of(row)
    if (column := _THEMSELVES.get(table)) and row["id"]:
        return column, row["id"]
    # A visit without an id can't be told from the others of its service.
    return ("service_id", row["service_id"]) if table == "service_at_location" else None
