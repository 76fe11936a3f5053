"""What is reckoned, and a worry before any answer, waits for whatever it hangs on, and is heard."""

import pytest

from domain.questionnaires.filling import Filling
from domain.questionnaires.values import Answers
from storage.kinds import Severity
from tests.domain.questionnaires.forms.sheets import SETTINGS, form, problems

ASKED = (
    """
| survey |
| | type | name | label::English (en) | calculation | relevant | wayhome_alert |
| | select_one yn | safe | A safe place? | | | |
{rows}
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | yn | no | No |
"""
    + SETTINGS
)
BY_ITSELF = "| | calculate | danger | | 1 | ${safe} != 'yes' | urgent |"
IN_A_GROUP = """| | begin group | unsafe | | | ${safe} != 'yes' | |
| | calculate | danger | | 'x' | | urgent |
| | end group | | | | | |"""
BELOW_ANOTHER = """| | calculate | harm | | 1 | not(${safe} = 'yes') | |
| | calculate | danger | | ${harm} | | if(., 'urgent', 'none') |"""

BEHIND_A_GATE = """| | select_one yn | family | Have you family? | | | |
| | select_one yn | theirs | A safe place with them? | | ${family} = 'yes' | |
| | calculate | fine | | ${safe} = 'yes' or ${theirs} = 'yes' | | if(., 'none', 'urgent') |"""


def worries(rows: str, answers: Answers) -> list[Severity]:
    found = Filling(form(ASKED.format(rows=rows)), answers).worries()
    return [each.severity for each in found]


@pytest.mark.parametrize("rows", [BY_ITSELF, IN_A_GROUP, BELOW_ANOTHER])
def test_p1_a_row_that_is_reckoned_only_where_somebody_is_not_safe_is_heard(rows: str) -> None:
    assert worries(rows, {}) == []
    assert worries(rows, {"safe": "yes"}) == []
    assert worries(rows, {"safe": "no"}) == [Severity.URGENT]
    assert worries(rows, {"safe": None}) == [Severity.URGENT]


@pytest.mark.parametrize(
    ("answers", "heard"),
    [
        ({"safe": "no"}, []),
        ({"safe": "no", "family": "no"}, [Severity.URGENT]),
        ({"safe": "no", "family": None}, [Severity.URGENT]),
        ({"safe": "no", "family": "yes"}, []),
        ({"safe": "no", "family": "yes", "theirs": "yes"}, []),
        ({"safe": "no", "family": "yes", "theirs": "no"}, [Severity.URGENT]),
        ({"family": "no"}, []),
    ],
)
def test_p1_a_worry_waits_until_it_is_known_what_else_will_be_asked(
    answers: Answers, heard: list[Severity]
) -> None:
    assert worries(BEHIND_A_GATE, answers) == heard


@pytest.mark.parametrize(
    ("calculation", "alert"),
    [("today() > '2026-01-01'", "if(., 'urgent', 'none')"), ("1", "urgent")],
)
def test_p1_an_alert_that_looks_at_no_answer_is_refused(calculation: str, alert: str) -> None:
    rows = f"| | calculate | day | | {calculation} | | {alert} |"

    [problem] = problems(ASKED.format(rows=rows))

    assert (problem.sheet, problem.row, problem.column) == ("survey", 3, "wayhome_alert")
    assert "looks at no answer" in problem.said()
