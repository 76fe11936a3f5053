"""Files that are meant to do harm are refused in a sentence, before they are unpacked."""

import zipfile
from io import BytesIO

import pytest

from domain.questionnaires.expressions import is_sound
from domain.questionnaires.forms.problems import Faulty
from domain.questionnaires.forms.workbook import open_workbook
from tests.domain.questionnaires.forms.sheets import HEALTH, excel

LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'


def with_part(name: str, content: bytes) -> bytes:
    written = BytesIO(excel(HEALTH))
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no Excel file"),
        (b"type,name,label", "no Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file (.xls) or has a password"),
        (excel(HEALTH)[:-200], "no Excel file"),
        (b"x" * (2 * 1024 * 1024 + 1), "two megabytes"),
        (with_part("bomb.xml", b"0" * 21 * 1024 * 1024), "too large"),
        (with_part("xl/laughs.xml", LAUGHS), "no Excel file"),
        (with_part("xl/laughs.xml", LAUGHS.decode().encode("utf-16")), "no Excel file"),
    ],
    ids=["nothing", "text", "old", "damaged", "large", "bomb", "entities", "entities in utf-16"],
)
def test_what_is_no_small_excel_file_is_refused_unopened(content: bytes, said: str) -> None:
    with pytest.raises(Faulty) as faulty:
        open_workbook(content)
    assert said in faulty.value.problems[0].said()


def test_an_expression_that_could_run_for_ever_is_none() -> None:
    assert not is_sound("regex(${a}, '(a+)+b')")
    assert not is_sound("1 + " * 1000 + "1")
