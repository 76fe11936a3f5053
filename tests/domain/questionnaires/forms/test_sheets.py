"""What a sheet says is read to its last row and column, or refused; how it looks is neither."""

from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from domain.problems import Faulty
from domain.questionnaires.forms.problems import Problem
from domain.questionnaires.forms.reading import read_form
from tests.domain.questionnaires.forms.sheets import HEALTH, excel, form
from tests.domain.questionnaires.forms.test_reading import where


def with_survey(change: Callable[[Worksheet], object]) -> bytes:
    """The file of HEALTH, changed as somebody changes it by hand."""
    book = load_workbook(BytesIO(excel(HEALTH)))
    change(book["survey"])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def wrong_with(content: bytes) -> list[Problem]:
    with pytest.raises(Faulty) as faulty:
        read_form(content)
    return faulty.value.problems


def look(sheet: Worksheet, row: int, column: int) -> None:
    sheet.cell(row, column).font = Font(bold=True)


@pytest.mark.parametrize(("row", "column"), [(3001, 1), (1_048_576, 1), (2, 16_384)])
def test_how_empty_cells_far_away_look_says_nothing(row: int, column: int) -> None:
    assert read_form(with_survey(lambda sheet: look(sheet, row, column))) == form(HEALTH)


@pytest.mark.parametrize("row", [3001, 1_048_576])
def test_a_row_that_is_too_far_below_to_be_read_is_refused_if_it_says_something(row: int) -> None:
    [problem] = wrong_with(with_survey(lambda sheet: sheet.cell(row, 1, "note")))
    assert where(problem) == ("survey", row, None)
    assert problem.said() == "There are too many rows."


@pytest.mark.parametrize("column", [201, 16_384])
def test_columns_that_are_too_many_to_be_read_are_refused(column: int) -> None:
    [problem] = wrong_with(with_survey(lambda sheet: sheet.cell(1, column, "relevant")))
    assert where(problem) == ("survey", 1, None)
    assert problem.said() == "There are too many columns."
