"""HSDS's tables as rows: what every way of reading leads to, and writing starts from."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from domain.directory.files.problems import Rejected
from domain.errors import Refused

MAX_ROWS = 500_000
MAX_CELLS = 4_000_000
#: Under what a row keeps cells that stand in no column: a comma that nobody quoted moved them.
MISPLACED = ""
#: Under what it keeps the numbers of columns that nobody named: no heading is a blank.
NAMELESS = " "

#: HSDS's file names without ending, and what one row of each is called. Contacts are people and
#: metadata names people: neither is read. Eligibility was a table of its own until HSDS 3.0.
SINGULAR = {
    "services": "service",
    "organizations": "organization",
    "locations": "location",
    "service_at_location": "service_at_location",
    "phones": "phone",
    "addresses": "address",
    "schedules": "schedule",
    "service_areas": "service_area",
    "languages": "language",
    "required_documents": "required_document",
    "eligibility": "eligibility",
    "accessibility": "accessibility",
    "attributes": "attribute",
    "taxonomy_terms": "taxonomy_term",
    "meta_table_descriptions": "meta_table_description",
}
#: By which column others name rows of these tables. A row that names several of them belongs to the
#: most particular one, which is first here.
OWNERS = {
    "service_at_location_id": "service_at_location",
    "service_id": "services",
    "location_id": "locations",
    "organization_id": "organizations",
}
_SPREADSHEETS = {".csv", ".tsv"}
# HSDS's tables of which nothing is taken, wherefore nobody needs to hear of them.
_NOT_TAKEN = {
    "contact", "cost_option", "funding", "metadata", "organization_identifier", "program",
    "service_capacity", "taxonomy", "unit", "url",
    "contacts", "cost_options", "organization_identifiers", "programs", "service_capacities",
    "taxonomies", "units", "urls", "payment_accepted", "payments_accepted",
}  # fmt: skip
_NO_TABLE = "No table is known by this name, so nothing of it was read."
_ALIASES = {one: many for many, one in SINGULAR.items()} | {
    "service_at_locations": "service_at_location",
    "accessibilities": "accessibility",
}


@dataclass(frozen=True, slots=True)
class Row:
    file: str
    number: int
    cells: dict[str, str]
    #: Where in a nested document the row stood, such as "phones."
    path: str = ""

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def line(self) -> tuple[str, int, str]:
        """Where it stands: rows of several tables may come from one line."""
        return self.file, self.number, self.path

    def rejected(self, column: str | None, reason: str) -> Rejected:
        return Rejected(self.file, self.number, f"{self.path}{column}" if column else None, reason)


class Pages:
    """Which pages of an API's answers are there. Answers are told apart by how many they have."""

    def __init__(self) -> None:
        self._there: dict[int, set[int]] = defaultdict(set)
        self._last: dict[int, str] = {}

    def note(self, file: str, number: int, total: int) -> None:
        self._there[total].add(number)
        self._last[total] = file

    def missing(self) -> Iterator[Rejected]:
        """Where some are, once for each answer, under the name of its last that is there."""
        for total, numbers in self._there.items():
            if len(numbers) < total:
                there = ", ".join(map(str, sorted(numbers)))
                reason = f"Of {total} pages only these are here: {there}. Bring the others, too."
                yield Rejected(self._last[total], None, None, reason)


class Tables:
    """Rows by table, up to more than any country's directory has."""

    def __init__(self) -> None:
        self._tables: dict[str, list[Row]] = defaultdict(list)
        self._rows = self._cells = 0
        self._nameless: set[tuple[str, str]] = set()
        #: Of which nobody can tell what is where, each with its table.
        self.misplaced: list[tuple[str, Row]] = []
        #: What is in none: spreadsheets that are no table known, entries that are no service.
        self.rejected: list[Rejected] = []
        self.pages = Pages()

    def __getitem__(self, table: str) -> list[Row]:
        return self._tables.get(table, [])

    def add(self, table: str, row: Row) -> None:
        self._note_nameless(row)
        self._rows += 1
        self._cells += len(row.cells)
        if self._rows > MAX_ROWS or self._cells > MAX_CELLS:
            raise too_much(row.file)
        if row[MISPLACED]:
            self.misplaced.append((table, row))
        else:
            self._tables[table].append(row)

    def _note_nameless(self, row: Row) -> None:
        for number in row.cells.pop(NAMELESS, "").split():
            if (row.file, number) not in self._nameless:
                self._nameless.add((row.file, number))
                reason = f"Column {number} has no heading, so nothing of it was read."
                self.rejected.append(Rejected(row.file, None, None, reason))

    def pass_over(self, file_name: str) -> None:
        """A file that is called like no table. Texts beside the tables are for people."""
        path = PurePosixPath(file_name.casefold())
        if path.suffix in _SPREADSHEETS and path.stem not in _NOT_TAKEN:
            self.rejected.append(Rejected(file_name, None, None, _NO_TABLE))

    def every(self) -> Iterator[tuple[str, Row]]:
        """With its table, also those that are misplaced."""
        yield from ((table, row) for table, rows in self._tables.items() for row in rows)
        yield from self.misplaced

    def lines(self, table: str) -> set[tuple[str, int, str]]:
        """Of a table of one's own, those in which this one has a row, or was to have one."""
        return {row.line for each, row in self.every() if each == table}

    def by(self, table: str, column: str) -> dict[str, list[Row]]:
        """The rows of a table under what stands in one column, where anything does."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in self[table]:
            if row[column]:
                groups[row[column]].append(row)
        return groups


def too_much(file: str) -> Refused:
    return Refused(
        f"There is more in {file} than fits: at most {MAX_ROWS:,} rows and"
        f" {MAX_CELLS:,} cells in all."
    )


def table_of(file_name: str) -> str | None:
    """The table that a file is named after, in the singular or the plural."""
    stem = PurePosixPath(file_name).stem.casefold()
    return stem if stem in SINGULAR else _ALIASES.get(stem)
