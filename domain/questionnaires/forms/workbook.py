"""An Excel file as rows of text. Nothing in it is believed before it is known to be small."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from lxml import etree
from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.escape import unescape
from pyxform.xls2json_backends import xlsx_value_to_str

from domain.letters import without_turns
from domain.marks import N_
from domain.problems import Faulty
from domain.questionnaires.forms.problems import Problem

LARGEST = 2 * 1024 * 1024
TOO_LARGE = N_("The file is larger than two megabytes.")
LARGEST_OPENED = 20 * 1024 * 1024
MOST_PARTS = 200
# What begins or ends in XML: the library takes its time for each, most of all for looks and names.
_OF_CELLS = ("xl/worksheets/", "xl/sharedStrings")
_MOST_MARKS_OF_CELLS, _MOST_OTHER_MARKS = 400_000, 20_000
MOST_ROWS = 3000
MOST_COLUMNS = 200
LONGEST_CELL = 4000
# Of a sheet in Excel.
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384

SURVEY, CHOICES, SETTINGS, BANDS = "survey", "choices", "settings", "bands"
_SHEETS = (SURVEY, CHOICES, SETTINGS, BANDS)
# XLSForm's other sheets, which say things that we would have to leave out.
_OTHERS = {"external_choices", "osm", "entities"}
# What no sheet but that of the bands has: one with these is meant for it, whatever it is called.
_OF_BANDS = {"scale", "severity"}
# How Excel began its files before 2007, and begins those with a password.
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_TOO_MUCH = N_("What is packed into this file is too large.")
# Excel writes it as it could not be reckoned: nobody is to be asked that.
_MISTAKE = N_("This cell holds a mistake of the spreadsheet: {it}.")
_NOT_RECKONED = N_(
    "The formula in {it} was never worked out. Open the file in a spreadsheet, save it, and bring "
    "it again."
)
# Excel writes signs by their numbers, the end of a line among them; these are kept by nothing.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
# Begins each element of XML.
_MARK = b"<"
# No spreadsheet declares a document type; whoever means harm does, in whatever encoding.
_ENTITIES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: dict[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Workbook:
    #: By sheet; one that is not there has no rows.
    sheets: dict[str, list[Row]]
    columns: dict[str, list[str]]

    def rows(self, sheet: str) -> list[Row]:
        return self.sheets.get(sheet, [])


def open_workbook(content: bytes) -> Workbook:
    """Raises Faulty."""
    if len(content) > LARGEST:
        raise Faulty([_file(TOO_LARGE)])
    if content.startswith(_OLD_OR_LOCKED):
        reason = N_("This is an old Excel file (.xls) or has a password. Save it as .xlsx without.")
        raise Faulty([_file(reason)])
    try:
        looked_at = _looked_at(content)
        with closing(load_workbook(looked_at, read_only=True, data_only=True)) as book:
            return _read(book)
    except Faulty:
        raise
    # Neither library says what it raises of a damaged file, and one reads on with each row.
    except Exception:
        raise Faulty([_file(N_("This is no Excel file that can be read (.xlsx)."))]) from None


def _looked_at(content: bytes) -> BytesIO:
    """The same file, packed anew from what was found harmless in it. Of a part that is larger than
    it states a library shows no more than that, and unpacks all of it all the same.

    Raises Faulty, and what the library does.
    """
    anew = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(anew, "w") as harmless:
        for name, said in _harmless(archive).items():
            harmless.writestr(name, said)
    return anew


def _harmless(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Raises Faulty, and what the library does."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_OPENED:
        raise Faulty([_file(_TOO_MUCH)])
    found, marks = {}, {True: 0, False: 0}
    for part in parts:
        with archive.open(part) as file:
            said = found[part.filename] = file.read(part.file_size + 1)
        if any(mark in said for mark in _ENTITIES):
            raise Faulty([_file(N_("This is no Excel file that can be read (.xlsx)."))])
        marks[part.filename.startswith(_OF_CELLS)] += said.count(_MARK)
    if marks[True] > _MOST_MARKS_OF_CELLS or marks[False] > _MOST_OTHER_MARKS:
        raise Faulty([_file(_TOO_MUCH)])
    return found


def _read(book: Any) -> Workbook:
    sheets: dict[str, list[Row]] = {}
    columns: dict[str, list[str]] = {}
    problems = []
    for sheet in book.worksheets:
        name = sheet.title.strip().lower()
        if name in _OTHERS or (name not in _SHEETS and _could_be_bands(sheet)):
            problems.append(Problem(name, None, None, N_("Wayhome does not know this sheet.")))
        if name in _SHEETS and name not in sheets:
            try:
                columns[name], sheets[name] = _rows(name, sheet)
            except Faulty as faulty:
                problems += faulty.problems
    if SURVEY not in sheets and not problems:
        problems.append(Problem(SURVEY, None, None, N_("The sheet is missing.")))
    if problems:
        raise Faulty(problems)
    return Workbook(sheets, columns)


def _could_be_bands(sheet: Any) -> bool:
    return {heading.lower() for heading in _headings(sheet)} >= _OF_BANDS


def _rows(name: str, sheet: Any) -> tuple[list[str], list[Row]]:
    """What stands above the columns, and below."""
    columns = _headings(sheet)
    if len(columns) > MOST_COLUMNS:
        raise Faulty([Problem(name, 1, None, N_("There are too many columns."))])
    _ensure_short(name, 1, columns)
    rows: list[Row] = []
    for number, texts in _lines(name, sheet, len(columns)):
        pairs = zip(columns, texts, strict=True)
        cells = {column: text for column, text in pairs if column and text}
        if cells:
            rows.append(Row(number, cells))
    mistakes = [
        Problem(name, row.number, column, _MISTAKE, text)
        for row in rows
        for column, text in row.cells.items()
        if text in ERROR_CODES
    ]
    if mistakes := [*mistakes, *_not_reckoned(name, sheet)]:
        raise Faulty(mistakes)
    return [column for column in columns if column], rows


def _not_reckoned(name: str, sheet: Any) -> Iterator[Problem]:
    """Formulas that no spreadsheet has worked out: the library reads their cells as empty ones. An
    empty text is a value, too.
    """
    with sheet._get_source() as source:
        for _, cell in etree.iterparse(source, tag="{*}c"):
            is_formula = cell.find("{*}f") is not None
            if is_formula and not cell.findtext("{*}v") and cell.get("t") != "str":
                at = cell.get("r", "")
                yield Problem(name, coordinate_to_tuple(at)[0], None, _NOT_RECKONED, at)
            cell.clear()


def _headings(sheet: Any) -> list[str]:
    """As far as the last that says something."""
    first = next(sheet.iter_rows(values_only=True, max_row=1, max_col=_LAST_COLUMN), ())
    headings = [_heading(_text(value)) for value in first]
    return headings[: max((place for place, text in enumerate(headings, 1) if text), default=0)]


def _lines(name: str, sheet: Any, width: int) -> Iterator[tuple[int, list[str]]]:
    """What stands below the headings. How cells look may be said down to the last row of all."""
    if not width:
        return
    found = sheet.iter_rows(values_only=True, min_row=2, max_row=_LAST_ROW, max_col=width)
    for number, values in enumerate(found, start=2):
        if values.count(None) == width:
            continue
        texts = [_text(value) for value in values]
        _ensure_short(name, number, texts)
        if number > MOST_ROWS and any(texts):
            raise Faulty([Problem(name, number, None, N_("There are too many rows."))])
        yield number, texts


def _ensure_short(name: str, number: int, texts: Iterable[str]) -> None:
    """Raises Faulty."""
    if any(len(text) > LONGEST_CELL for text in texts):
        raise Faulty([Problem(name, number, None, N_("A cell holds too much text."))])


def _text(value: object) -> str:
    if value is None or value == "":
        return ""
    text = unescape(xlsx_value_to_str(value)).replace("\r\n", "\n").replace("\r", "\n")
    return _UNWRITABLE.sub("", text).strip()


def _heading(text: str) -> str:
    return without_turns(text).strip()


def _file(reason: str) -> Problem:
    return Problem(None, None, None, reason)
