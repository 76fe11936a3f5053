"""A date stays one as it is reckoned with, and is days only where it is counted or compared."""

from datetime import date

import pytest

from domain.questionnaires.expressions import Sheet
from domain.questionnaires.filling import Filling
from tests.domain.questionnaires.forms.sheets import SETTINGS, form

TODAY = date(2026, 1, 1)

VISITS = (
    """
| survey |
| | type | name | label::English (en) | calculation |
| | date | seen | When were you here? | |
| | calculate | again | | date(${seen} + 28) |
| | note | come | Come again on ${again}. | |
"""
    + SETTINGS
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("today()", "2026-01-01"),
        ("date(${seen} + 28)", "2024-01-30"),
        ("date('2024-02-28') + 2", "19783"),
        ("date(${seen})", "2024-01-02"),
        ("date(1e9)", ""),
        ("date(${none})", ""),
        ("today() - ${seen}", "730"),
        ("substring(${seen}, 1, 4)", "2024"),
        ("if(${none} = '', today(), ${none})", "2026-01-01"),
        ("if(. = '', today(), .)", "2026-01-01"),
        ("once(today())", "2026-01-01"),
        ("max(${seen}, today())", "2026-01-01"),
        ("concat('on ', ${seen})", "on 2024-01-02"),
        ("coalesce(${none}, ${seen})", "2024-01-02"),
        ("${seen} < today() and ${seen} >= date('2024-01-01')", "true"),
        ("${seen} = '2024-01-02' and ${seen} = date('2024-01-02')", "true"),
        ("${seen} + 1 = '2024-01-03'", "true"),
    ],
)
def test_a_date_stays_one_until_it_is_counted_with(expression: str, value: str) -> None:
    assert Sheet({"seen": "2024-01-02"}, today=TODAY).value(expression) == value


def test_a_date_that_was_reckoned_is_shown_as_one_that_was_answered() -> None:
    visits = form(VISITS)
    filling = Filling(visits, {"seen": "2024-01-02"})

    assert filling.filled(visits.question("come").label).text == "Come again on 2024-01-30."
