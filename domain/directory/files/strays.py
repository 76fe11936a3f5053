"""Rows that belong to nothing that is there: nobody misses what they hold unless it is named."""

from domain.directory.files.reader import Faults
from domain.directory.files.tables import OWNERS, SINGULAR, Tables

_OF_A_SERVICE = ("service_id",)
_OF_A_PLACE = ("location_id",)
#: By which of their columns rows of a table belong to anything, the most particular first.
_READ_BY = {
    "service_at_location": _OF_A_SERVICE,
    "phones": tuple(OWNERS),
    "schedules": ("service_at_location_id", "service_id", "location_id"),
    "service_areas": _OF_A_SERVICE,
    "languages": ("service_id", "location_id"),
    "required_documents": _OF_A_SERVICE,
    "eligibility": _OF_A_SERVICE,
    "addresses": _OF_A_PLACE,
    "accessibility": _OF_A_PLACE,
}
# Members of staff, of whom nothing is taken, and telephones, which may have gone with them.
_OF_OTHERS = ("contact_id", "phone_id")


def note_strays(tables: Tables, faults: Faults) -> None:
    there = {column: _ids(tables, table) for column, table in OWNERS.items()}
    for table, columns in _READ_BY.items():
        for row in tables[table]:
            # What stands within another belongs to that.
            if row.path or any(row[column] for column in _OF_OTHERS):
                continue
            column = next((column for column in columns if row[column]), None)
            if not column:
                faults.note(row, None, "It names nothing that it belongs to.")
            elif row[column] not in there[column]:
                faults.note(row, column, f"There is no such {SINGULAR[OWNERS[column]]}.")


def _ids(tables: Tables, table: str) -> set[str]:
    """Also of rows that are faulty: what belongs to these is no riddle."""
    return {row["id"] for each, row in tables.every() if each == table}
