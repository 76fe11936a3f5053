"""What is true, and what is not, is one thing wherever an expression asks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.questionnaires.expressions import Sheet, is_sound
from domain.questionnaires.filling import Filling
from storage.kinds import Severity
from tests.domain.questionnaires.forms.sheets import SETTINGS, form

TODAY = date(2026, 1, 1)
UNTRUE = ["", "0", "0.0", "false"]
TRUE = ["no", "3", "-1", "true", "0 a", "1970-01-01", " "]

SAFE_PLACE = (
    """
| survey |
| | type | name | label::English (en) | calculation | relevant | wayhome_alert |
| | select_one yn | home | A safe place? | | | |
| | calculate | safe | | ${home} = 'yes' | | if(not(${safe}), 'urgent', 'none') |
| | text | need | What do you need? | | not(${safe}) | |
| | text | with | Who is with you? | | ${safe} and ${home} | |
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | yn | no | No |
"""
    + SETTINGS
)

ANSWERS = st.sampled_from([*UNTRUE, *TRUE, "x y", "2026-03-01"])
CONDITIONS = st.recursive(
    st.sampled_from(
        ["${a}", "${b}", "'0'", "''", "1", "${a} = 'no'", "${a} > 1", "${a} + ${b}", "today()"]
    ),
    lambda inner: st.one_of(
        st.builds("not({})".format, inner),
        st.builds("boolean({})".format, inner),
        st.builds("({})".format, inner),
        st.builds("coalesce({}, {})".format, inner, inner),
        st.builds("if({}, {}, {})".format, inner, inner, inner),
        st.builds("({}) = true()".format, inner),
        st.builds("{} and {}".format, inner, inner),
        st.builds("{} or {}".format, inner, inner),
    ),
    max_leaves=6,
)


def asked(relevant: str, answers: dict[str, str]) -> list[str]:
    survey = f"""
| survey |
| | type | name | label::English (en) | relevant |
| | text | a | A? | |
| | text | b | B? | |
| | note | one | One. | {relevant} |
| | note | other | The other. | not({relevant}) |
{SETTINGS}"""
    return [each.name for each in Filling(form(survey), answers).relevant[2:]]


@pytest.mark.parametrize("relevant", ["${a}", "not(${a})", "${a} and ${b}", "${a} or ${b}"])
@pytest.mark.parametrize("a", UNTRUE + TRUE)
def test_of_a_question_and_its_opposite_one_is_asked(relevant: str, a: str) -> None:
    assert len(asked(relevant, {"a": a, "b": "yes"})) == 1


@given(CONDITIONS, ANSWERS, ANSWERS)
def test_of_a_condition_and_its_opposite_exactly_one_holds(condition: str, a: str, b: str) -> None:
    sheet = Sheet({"a": a, "b": b}, today=TODAY)

    assert is_sound(condition)
    assert sheet.holds(condition) is not sheet.holds(f"not({condition})")
    assert sheet.holds(condition) is sheet.holds(f"boolean({condition})")
    assert sheet.holds(condition) is sheet.holds(f"({condition}) = true()")
    assert sheet.holds(condition) is sheet.holds(f"if({condition}, 1, 0)")


@pytest.mark.parametrize(
    ("answers", "truth"), [(UNTRUE, False), (TRUE, True)], ids=["untrue", "true"]
)
def test_nothing_false_and_zero_are_not_true_and_all_else_is(
    answers: list[str], truth: bool
) -> None:
    for answer in answers:
        sheet = Sheet({"a": answer}, today=TODAY)
        assert {
            sheet.holds("${a}"),
            not sheet.holds("not(${a})"),
            sheet.holds("${a} and true()"),
            sheet.holds("${a} or false()"),
            sheet.holds("${a} = true()"),
            sheet.holds("${a} != false()"),
        } == {truth}, answer


@pytest.mark.parametrize(
    ("home", "severities", "following"),
    [("no", [Severity.URGENT], "need"), ("yes", [], "with")],
)
def test_p1_a_truth_that_was_reckoned_is_still_one_where_an_alert_looks_at_it(
    home: str, severities: list[Severity], following: str
) -> None:
    filling = Filling(form(SAFE_PLACE), {"home": home})

    assert [each.severity for each in filling.worries()] == severities
    assert [each.name for each in filling.relevant] == ["home", following]


def test_what_was_reckoned_is_compared_as_forms_write_it() -> None:
    sheet = Sheet({"safe": "false"}, today=TODAY)

    for said in ("${safe} = 'false'", "${safe} = false()", "${safe} = 0", "${safe} != ''"):
        assert sheet.holds(said), said


@pytest.mark.parametrize(
    ("answers", "worries"),
    [
        ({}, []),
        ({"kids": "2"}, []),
        ({"kids": "2", "home": "no"}, []),
        ({"kids": "2", "home": "no", "fed": "no"}, [Severity.URGENT]),
        ({"kids": "2", "home": "yes", "fed": None}, [Severity.URGENT]),
        ({"kids": "2", "home": "yes", "fed": "yes"}, []),
        ({"kids": "0"}, []),
        ({"kids": "9"}, [Severity.CONCERN]),
    ],
)
def test_p1_what_nobody_was_asked_yet_is_no_worry_and_is_one_with_the_last_answer(
    answers: dict[str, str | None], worries: list[Severity]
) -> None:
    """Else it was there before anybody said it, and never news."""
    assert [each.severity for each in Filling(form(WELL), answers).worries()] == worries


WELL = (
    """
| survey |
| | type | name | label::English (en) | calculation | relevant | wayhome_alert |
| | integer | kids | How many children? | | | |
| | select_one yn | home | A safe place? | | ${kids} | |
| | select_one yn | fed | Enough to eat? | | ${kids} | |
| | calculate | safe | | ${home} = 'yes' | | |
| | calculate | well | | ${safe} and ${fed} = 'yes' | | if(not(.), 'urgent', 'none') |
| | calculate | many | | ${kids} + count-selected(${fed}) > 8 | | if(., 'concern', 'none') |
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | yn | no | No |
"""
    + SETTINGS
)
