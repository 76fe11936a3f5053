"""Tables that leave as files. What a spreadsheet would run is made harmless."""

import csv
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from starlette.responses import Response

from console.visit import Visit
from domain.directory.files.formulas import disarmed

#: What says that a file is for Excel.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Rows = Iterable[Iterable[object]]


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    #: The heading of each, and its tag (https://hxlstandard.org).
    columns: Mapping[str, str]
    rows: Rows


_Page = Callable[[Visit], Awaitable[Response]]


def as_files(read: Callable[[Visit], Awaitable[Table]]) -> tuple[_Page, _Page]:
    """Two pages that send what is read: as CSV, and for Excel."""

    async def as_csv(visit: Visit) -> Response:
        return _csv(await read(visit))

    async def as_xlsx(visit: Visit) -> Response:
        return _xlsx(await read(visit))

    return as_csv, as_xlsx


def day_of(instant: datetime | None, place: ZoneInfo) -> str:
    """The day that the page shows, by the reader's calendar; nothing where it has not come."""
    return f"{instant.astimezone(place):%Y-%m-%d}" if instant else ""


def _csv(table: Table) -> Response:
    """With a second row of HXL's tags."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerows(_all(table))
    # Excel takes a file for UTF-8 only if it says so itself.
    return _file(f"{table.name}.csv", ("\ufeff" + written.getvalue()).encode(), "text/csv")


def _xlsx(table: Table) -> Response:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.name[:31])
    for row in _all(table):
        sheet.append([_writable(cell) for cell in row])
    written = BytesIO()
    book.save(written)
    return _file(f"{table.name}.xlsx", written.getvalue(), XLSX)


def _all(table: Table) -> Iterable[list[object]]:
    yield list(table.columns)
    yield list(table.columns.values())
    for row in table.rows:
        yield [disarmed(cell) for cell in row]


def _writable(cell: object) -> object:
    """Without signs that no spreadsheet holds: a single one would be an error of the whole file."""
    return ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell


def _file(name: str, body: bytes, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=kind, headers=headers)
