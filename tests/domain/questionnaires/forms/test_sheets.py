"""What a sheet says is read to its last row and column, or refused; how it looks is neither."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from domain.problems import Faulty
from domain.questionnaires.forms.problems import Problem
from domain.questionnaires.forms.reading import read_form
from tests.domain.questionnaires.forms.cells import where
from tests.domain.questionnaires.forms.sheets import HEALTH, excel, form


def with_survey(change: Callable[[Worksheet], object]) -> bytes:
    """The file of HEALTH, changed as somebody changes it by hand."""
    book = load_workbook(BytesIO(excel(HEALTH)))
    change(book["survey"])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def in_part(content: bytes, found: bytes, written: bytes) -> bytes:
    """With that written in place of what is found in the survey."""
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as whole, zipfile.ZipFile(changed, "w") as archive:
        for part in whole.namelist():
            said = whole.read(part)
            is_survey = part.endswith("sheet1.xml")
            archive.writestr(part, re.sub(found, written, said) if is_survey else said)
    return changed.getvalue()


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


WRITTEN = '=CONCATENATE("${sleeps}", "=\'no\'")'


def test_a_formula_that_was_never_worked_out_is_refused_with_its_cell() -> None:
    """Its question would be asked of everybody."""
    [problem] = wrong_with(with_survey(lambda sheet: sheet.cell(9, 5, WRITTEN)))
    assert where(problem) == ("survey", 9, None)
    assert problem.said().startswith("The formula in E9 was never worked out.")


@pytest.mark.parametrize(
    ("value", "relevant"), [("${sleeps} = 'no'", "(${sleeps} = 'no')"), ("", None)]
)
def test_what_a_formula_was_worked_out_as_is_read_be_it_an_empty_text(
    value: str, relevant: str | None
) -> None:
    cell = rf'\1 t="str"><f>A1</f><v>{value}</v>'.encode()
    content = with_survey(lambda sheet: sheet.cell(9, 5, WRITTEN))
    asked = read_form(in_part(content, rb'(?s)(<c r="E9")>.*?(?=</c>)', cell))
    assert asked.question("words").relevant == relevant
