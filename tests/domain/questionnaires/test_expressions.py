"""What an expression makes of answers, however closely it is written."""

from datetime import date

import pytest

from domain.questionnaires.expressions import Sheet, columns_in, is_sound
from domain.questionnaires.filling import Filling
from domain.questionnaires.values import LONGEST_ANSWER
from storage.kinds import Severity
from tests.domain.questionnaires.forms.sheets import SETTINGS, form

ANSWERS = {"a": "9", "b": "2", "dob": "1990-06-01"}
TODAY = date(2026, 1, 1)

NIGHTS = (
    """
| survey |
| | type | name | label::English (en) | calculation | wayhome_alert |
| | integer | nights | How many nights? | | |
| | integer | slept | On how many did you sleep? | | |
| | calculate | awake | | ${nights}-${slept} | if(.>3, 'urgent', 'none') |
"""
    + SETTINGS
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("${a}-${b}", "7"),
        ("${a}-1", "8"),
        ("-${a}-${b}", "-11"),
        ("int((today()-${dob}) div 365.25)", "35"),
        ("today()-today()", "0"),
        ("${a}div${b}", "4.5"),
        ("if(${a}>${b}and${b}>1, 'more', 'less')", "more"),
        ("concat('${a', '-', ${b}, '-', \" $\")", "${a-2- $"),
        ("jr:choice-name(${a}, '${a}')", "Nine"),
    ],
)
def test_an_expression_without_spaces_says_the_same_as_one_with_them(
    expression: str, value: str
) -> None:
    sheet = Sheet(ANSWERS, today=TODAY)
    sheet.put("a", "9", {"9": "Nine"})

    assert is_sound(expression)
    assert columns_in(expression) == []
    assert sheet.value(expression) == value


@pytest.mark.parametrize("expression", ["${a}-b", "${a}-${b}-home"])
def test_a_name_behind_a_minus_is_one_as_well(expression: str) -> None:
    assert columns_in(expression) != []


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3 - 4 div 2", "5"),
        ("(1 + 2) * 3", "9"),
        ("7 mod 4 - -2", "5"),
        ("1 = 1 and 2 > 3 or 3 >= 3", "true"),
        ("1 = 2 or 1 = 1 and 2 > 3", "false"),
        ("1 div 0 > 1000", "true"),
        ("${none} + 1", ""),
        ("string(${none} + 1)", "NaN"),
        ("coalesce(${none} + 1, 'nothing')", "nothing"),
        ("substring('home', 2, 2)", "om"),
        ("substring-before('a-b', '-')", "a"),
        ("substring-before('ab', '-')", ""),
        ("substring-after('a-b', '-')", "b"),
        ("substring-after('ab', '-')", ""),
        ("translate('abca', 'ac', 'x')", "xbx"),
        ("normalize-space('  a   b ')", "a b"),
        ("floor(-1.5) + ceiling(1.2)", "0"),
        ("round(2.5) + round(-2.5)", "1"),
        ("min(${a}, ${none}, 4)", "4"),
        ("selected-at('x y z', 1)", "y"),
        ("3000000000000 + 1", "3000000000001"),
        ("concat(1 div 0, ' ', -1 div 0)", "Infinity -Infinity"),
    ],
)
def test_what_is_reckoned_is_what_xpath_reckons(expression: str, value: str) -> None:
    assert is_sound(expression)
    assert Sheet(ANSWERS, today=TODAY).value(expression) == value


def test_brackets_lie_no_deeper_than_can_be_read_within_whatever_asks() -> None:
    """With an operator of every level around each bracket; else a check-in could end there."""
    nested = "1or1and1=1<1+1*-not("

    def is_sound_below(frames: int, brackets: int) -> bool:
        if frames:
            return is_sound_below(frames - 1, brackets)
        return is_sound(nested * brackets + "1" + ")" * brackets)

    assert is_sound_below(300, 39)
    assert not is_sound_below(300, 79)


def test_what_is_reckoned_grows_no_longer_than_an_answer_can_be() -> None:
    """Thirty rows that each double the one above would fill the memory."""
    sheet = Sheet({"a": "x" * LONGEST_ANSWER}, today=TODAY)

    assert sheet.value("concat(${a}, ${a})") == "x" * LONGEST_ANSWER


def test_p1_an_alert_on_a_difference_that_is_written_without_spaces_is_heard() -> None:
    filling = Filling(form(NIGHTS), {"nights": "7", "slept": "1"})

    assert [each.severity for each in filling.worries()] == [Severity.URGENT]
