"""Tables that leave as files, whatever stands in them."""

from io import BytesIO
from typing import Any, cast

from openpyxl import load_workbook

from console.files.tables import Table, as_files


async def odd(_: object) -> Table:
    return Table("odd", {"name": "#name"}, [["First\x08 month\x00"], ["a\nb"]])


async def test_signs_that_no_spreadsheet_holds_are_left_out_of_its_cells() -> None:
    _, as_xlsx = as_files(odd)
    body = bytes((await as_xlsx(cast("Any", None))).body)

    sheet = load_workbook(BytesIO(body)).active
    assert [cell.value for row in sheet.iter_rows(min_row=3) for cell in row] == [
        "First month",
        "a\nb",
    ]
