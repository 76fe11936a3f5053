"""Files that are meant to do harm are refused in a sentence, before they are unpacked."""

import re
import tracemalloc
import zipfile
import zlib
from datetime import date
from io import BytesIO

import pytest

from domain.problems import Faulty
from domain.questionnaires.expressions import Sheet, is_sound
from domain.questionnaires.forms.workbook import open_workbook
from tests.domain.questionnaires.forms.sheets import HEALTH, SETTINGS, excel, problems

LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'


_SHEETS, _SHEET = "xl/worksheets/sheet", b"<worksheet><sheetData>"


def with_part(name: str, content: bytes) -> bytes:
    written = BytesIO(excel(HEALTH))
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return written.getvalue()


def damaged(place: bytes, with_: bytes) -> bytes:
    """With other bytes behind a place in the packed file."""
    content = excel(HEALTH)
    at = content.index(place) + len(place)
    return content[:at] + with_ + content[at + len(with_) :]


def with_a_cut_sheet() -> bytes:
    """Its checksums are right."""
    written = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(excel(HEALTH))) as whole,
        zipfile.ZipFile(written, "w") as archive,
    ):
        for part in whole.namelist():
            content = whole.read(part)
            is_sheet = part.endswith("sheet1.xml")
            archive.writestr(part, content[: len(content) // 2] if is_sheet else content)
    return written.getvalue()


def instead_of(parts: str, content: bytes) -> bytes:
    """In place of each part of such a name, packed as small as can be."""
    written = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(excel(HEALTH))) as whole,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
    ):
        for part in whole.namelist():
            archive.writestr(part, content if part.startswith(parts) else whole.read(part))
    return written.getvalue()


def saying_too_little(part: str) -> bytes:
    """Of that part: as it is, with a hundred megabytes behind it that only its size denies."""
    honest = excel(HEALTH)
    with zipfile.ZipFile(BytesIO(honest)) as archive:
        content = archive.read(part)
    lying = bytearray(instead_of(part, content + b" " * 100 * 1024 * 1024))
    claim = zlib.crc32(content).to_bytes(4, "little"), len(content).to_bytes(4, "little")
    # Before the part itself, and in the list at the end.
    for head, checksum, size, name in ((b"PK\3\4", 14, 22, 30), (b"PK\1\2", 16, 24, 46)):
        at = next(
            found.start()
            for found in re.finditer(re.escape(head), lying)
            if lying[found.start() + name :].startswith(part.encode())
        )
        for place, said in zip((checksum, size), claim, strict=True):
            lying[at + place : at + place + 4] = said
    return bytes(lying)


def test_of_a_part_that_is_larger_than_it_says_no_more_is_unpacked() -> None:
    lying = saying_too_little("xl/styles.xml")
    tracemalloc.start()
    try:
        book = open_workbook(lying)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert book == open_workbook(excel(HEALTH))
    assert most < 20 * 1024 * 1024


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no Excel file"),
        (b"type,name,label", "no Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file (.xls) or has a password"),
        (excel(HEALTH)[:-200], "no Excel file"),
        (damaged(b"docProps/app.xml", b"\xff" * 9), "no Excel file"),
        (with_a_cut_sheet(), "no Excel file"),
        (b"x" * (2 * 1024 * 1024 + 1), "two megabytes"),
        (with_part("bomb.xml", b"0" * 21 * 1024 * 1024), "too large"),
        (instead_of(_SHEETS, _SHEET + b"<row/>" * 500_000), "too large"),
        (instead_of(_SHEETS, _SHEET + b"<row>" + b"<c/>" * 500_000), "too large"),
        (instead_of("xl/styles", b"<fonts>" + b"<font/>" * 30_000), "too large"),
        (with_part("xl/laughs.xml", LAUGHS), "no Excel file"),
        (with_part("xl/laughs.xml", LAUGHS.decode().encode("utf-16")), "no Excel file"),
    ],
    ids=[
        "nothing",
        "text",
        "old",
        "cut off",
        "damaged",
        "cut sheet",
        "large",
        "bomb",
        "rows without an end",
        "a row without an end",
        "looks without an end",
        "entities",
        "entities in utf-16",
    ],
)
def test_what_is_no_small_excel_file_is_refused_unopened(content: bytes, said: str) -> None:
    with pytest.raises(Faulty) as faulty:
        open_workbook(content)
    assert said in faulty.value.problems[0].said()


def test_an_expression_that_is_too_long_is_none() -> None:
    assert not is_sound("1 + " * 1000 + "1")


def test_a_number_that_nobody_can_count_with_is_none() -> None:
    survey = """
        | survey |
        | | type | name | label::(en) | parameters |
        | | range | mood | How was it? | start=1 end={} |
        """
    for said in ("nan", "inf", "1e999"):
        (problem,) = problems(survey.format(said) + SETTINGS.replace("English", ""))
        assert problem.column == "parameters"


@pytest.mark.parametrize(
    "expression",
    [
        "${a} = 'x' and selected(${b})",
        "${a} = '' or contains('x')",
        "(${a} > 1 and (${b} = 1 or $unknown = 2))",
    ],
)
def test_what_is_wrong_behind_an_and_or_an_or_is_found_before_anybody_answers(
    expression: str,
) -> None:
    assert not is_sound(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "${land} = 'and' and ${or} = \"x or y\"",
        "${a} = 1 or ${b} = 2 and not(${a} = 3)",
        "selected(${a}, 'b') and regex(${a}, 'this and that')",
    ],
)
def test_conditions_that_can_be_reckoned_stay_sound(expression: str) -> None:
    assert is_sound(expression)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("round('1e308', 10)", "1e+308"),
        ("round(1.25, 'inf')", ""),
        ("round(1.25, 1)", "1.3"),
        ("regex('a', 'a{99999999999}')", "false"),
        ("regex('a', 'A')", "false"),
        ("jr:choice-name('x', 'a[')", "x"),
        ("jr:choice-name('x', 'a:b')", "x"),
    ],
)
def test_odd_numbers_patterns_and_paths_are_reckoned_all_the_same(
    expression: str, value: str
) -> None:
    assert Sheet({}, today=date(2026, 1, 1)).value(expression) == value


@pytest.mark.parametrize(
    "expression", ["/data/a", "${a} = ('x'", "1) + (2", "${a} | ${b}", "if(${a})"]
)
def test_what_an_earlier_release_took_in_and_nobody_can_read_is_as_if_nothing_was_answered(
    expression: str,
) -> None:
    sheet = Sheet({"a": "x", "b": "y"}, today=date(2026, 1, 1))
    assert not is_sound(expression)
    assert sheet.value(expression) == ""
    assert not sheet.holds(expression)
    assert not sheet.offers(expression, {"name": "a"})


@pytest.mark.parametrize("beginning", ["(", "-(", "not(", "if(1,1,", "1 or 1 and 1=1<1+1*("])
def test_brackets_within_brackets_are_read_or_refused_however_deep(beginning: str) -> None:
    for depth in (30, 90):
        assert is_sound(f"{beginning * depth}1{')' * depth}") is (depth == 30)


def test_a_sum_may_be_as_long_as_an_expression() -> None:
    assert Sheet({}, today=date(2026, 1, 1)).value("1+" * 999 + "1") == "1000"


@pytest.mark.parametrize("mark", ["\x00", "\x0b", "\uffff", "\ud800"])
def test_marks_that_no_document_holds_are_an_answer_like_any_other(mark: str) -> None:
    sheet = Sheet({"words": f"well{mark}"}, today=date(2026, 1, 1))
    assert sheet.holds("starts-with(${words}, 'well')")
    assert sheet.offers("starts-with(land, 'al')", {"land": f"al{mark}"})
