"""Tables that leave as files. What a spreadsheet would run is made harmless."""

import csv
from collections.abc import Iterable, Mapping
from io import BytesIO, StringIO

from openpyxl import Workbook
from starlette.responses import Response

from domain.directory.files.formulas import disarmed

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Rows = Iterable[Iterable[object]]


def csv_file(name: str, columns: Mapping[str, str], rows: Rows) -> Response:
    """With a second row of HXL's tags."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerows(_all(columns, rows))
    # Excel takes a file for UTF-8 only if it says so itself.
    return _file(f"{name}.csv", ("\ufeff" + written.getvalue()).encode(), "text/csv")


def xlsx_file(name: str, columns: Mapping[str, str], rows: Rows) -> Response:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    for row in _all(columns, rows):
        sheet.append(row)
    written = BytesIO()
    book.save(written)
    return _file(f"{name}.xlsx", written.getvalue(), _XLSX)


def _all(columns: Mapping[str, str], rows: Rows) -> Iterable[list[object]]:
    yield list(columns)
    yield list(columns.values())
    for row in rows:
        yield [disarmed(cell) for cell in row]


def _file(name: str, body: bytes, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=kind, headers=headers)
