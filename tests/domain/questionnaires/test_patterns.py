"""regex() in a form: judged at once, refused where it can't be, and no trap for whoever answers."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.questionnaires.expressions import Sheet, patterns_in
from domain.questionnaires.filling import Filling
from domain.questionnaires.values import LONGEST_ANSWER, Questionnaire
from storage.kinds import Severity
from tests.domain.questionnaires.forms.sheets import HEALTH, SETTINGS, form, problems

ASKED = (
    """
| survey |
| | type | name | label::English (en) | constraint |
| | text | it | In words? | {} |
"""
    + SETTINGS
)

REPEATS = st.sampled_from(["*", "+", "?", "{2,}", "{1,3}", "*?"])
ANY_NESTING = st.recursive(
    st.sampled_from(["a", "[a-z]", "[^!]", "a?", "[ ]?"]),
    lambda inner: st.one_of(
        st.builds("({}){}".format, inner, REPEATS),
        st.builds("{}{}".format, inner, inner),
        st.builds("({}|{})".format, inner, inner),
    ),
    max_leaves=12,
)


def fits(pattern: str, words: str) -> bool:
    sheet = Sheet({"it": words}, today=date(2026, 1, 1))
    return sheet.holds(f'regex(., "{pattern}")', "it")


@given(ANY_NESTING)
def test_p1_an_answer_is_judged_at_once_however_the_repeats_of_a_pattern_nest(
    pattern: str,
) -> None:
    assert not fits(f"^{pattern}$", "a" * 150 + "!" + "a" * 4000)


def test_p1_a_sentence_against_a_pattern_for_words_holds_up_nobody() -> None:
    words = "we came home late and the door was shut and cold"
    asks = form(ASKED.format("regex(., '^(([A-Za-z]+)[ ]?)+$')"))

    assert Filling(asks, {}).fits(asks.question("it"), words)
    assert not Filling(asks, {}).fits(asks.question("it"), f"{words}.")


@pytest.mark.parametrize(
    ("pattern", "fitting", "other"),
    [
        (r"^[A-Z]{2}\d{6}$", "AL123456", "al123456"),
        (r"^\+?[0-9 ]{6,15}$", "+355 69 123", "none"),
        (r"^[^@\s]+@[^@\s]+\.[a-z]+$", "me@example.org", "me at example"),
        (r"(?i)^(yes|no)$", "YES", "perhaps"),
        (r".*\bhelp\b.*", "some help, please", "helpless"),
        (".*help.*", "I am well.\nOr no: help me", "I am well.\nReally"),
        ("[0-2]", "2", "12"),
        ("yes|no", "no", "not"),
        (".{1,300}", "a" * 300, "a" * 301),
        (".*knife", "a" * 4000 + " knife", "a" * 4000),
        (r"^[\u0600-\u06FF ]+$", "بيت جديد", "a home"),
        (r"^\p{L}+$", "дім", "12"),
        (r"^\\u0041$", r"\u0041", "A"),
        ("^.{3,200}$", "abc", "ab"),
    ],
)
def test_patterns_as_forms_have_them_are_judged(pattern: str, fitting: str, other: str) -> None:
    assert fits(pattern, fitting)
    assert not fits(pattern, other)


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("^(?=.*[0-9]).+$", "(?="),
        ("(?!no).*", "(?!"),
        ("(?<=a)b", "(?<="),
        (r"(a+)\1", r"\1"),
        (r"(?P<x>a)(?P=x)", "(?P"),
    ],
)
def test_a_pattern_that_looks_around_is_refused_by_its_place_and_part(
    pattern: str, part: str
) -> None:
    [problem] = problems(ASKED.format(f"string-length(.) > 1 and regex(., '{pattern}')"))

    assert (problem.sheet, problem.row, problem.column) == ("survey", 2, "constraint")
    assert problem.said() == (
        f"A pattern can't look ahead or behind, nor ask for what it found before: {part}."
    )


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("(a", "(a"),
        ("[a-", "[a-"),
        ("a{2000}", "{2000}"),
        (r"\Z", r"\Z"),
        ("*", "*"),
        (r"((\p{L}{1,30}){1,30})", r"((\p{L}{1,30}){1,30})"),
    ],
)
def test_what_is_no_pattern_or_one_without_measure_is_refused(pattern: str, part: str) -> None:
    [problem] = problems(ASKED.format(f"regex(., '{pattern}')"))

    assert problem.said() == (
        f"This can't be read as part of a pattern, or is too large for one: {part}."
    )


@pytest.mark.parametrize(
    ("expression", "patterns"),
    [
        ("""regex(concat(., 'a,b)', '(?=c)'), "x(y)") or regex(., 'z' )""", ["x(y)", "z"]),
        ("regex(., concat('^', ${code}, '$'))", []),
        ("""if(regex(if(. = 1, 'a', 'b'), 'c'), 'd', "regex(., 'e')")""", ["c"]),
    ],
)
def test_only_what_stands_there_as_a_pattern_is_held_to_be_one(
    expression: str, patterns: list[str]
) -> None:
    assert patterns_in(expression) == patterns


def test_p1_an_alert_goes_by_the_whole_of_an_answer_as_on_phones_of_odk() -> None:
    alert = "if(regex(., '[0-2]'), 'none', 'urgent')"
    nights = form(
        ASKED.format("").replace("constraint", "wayhome_alert").replace("? |  |", f"? | {alert} |")
    )

    assert Filling(nights, {"it": "2"}).worries() == []
    assert [each.severity for each in Filling(nights, {"it": "12"}).worries()] == [Severity.URGENT]


def test_p1_a_pattern_looks_at_the_whole_of_an_answer_in_several_messages() -> None:
    assert fits(".*help", "x" * (LONGEST_ANSWER - 4) + "help")


def test_a_pattern_that_is_made_of_an_answer_and_is_none_is_found_nowhere() -> None:
    sheet = Sheet({"code": "("}, today=date(2026, 1, 1))

    assert not sheet.holds("regex('(', ${code})")


def kept(**changed: Any) -> Questionnaire:
    """A form of an earlier release, which refused no pattern that looks ahead."""
    health = form(HEALTH)
    questions = [
        replace(each, **changed) if each.name == "children" else each for each in health.questions
    ]
    return replace(health, questions=tuple(questions))


@pytest.mark.parametrize("constraint", ["regex(., '^(?=[0-9]).+$') and . > 0", "../children > 5"])
def test_of_a_form_kept_before_a_constraint_that_cant_be_judged_takes_every_answer(
    constraint: str,
) -> None:
    asks = kept(constraint=constraint)

    assert Filling(asks, {}).fits(asks.question("children"), "3")


@pytest.mark.parametrize("asks_for", ["regex(., '(?=9)')", "../children > 5"])
def test_p1_of_a_form_kept_before_an_alert_that_cant_be_judged_is_as_grave_as_it_may_be(
    asks_for: str,
) -> None:
    asks = kept(alert=f"if({asks_for}, 'Urgent', if(. > 3, 'concern', 'none'))")
    answers = {"needs": "school", "children": "2"}

    assert [each.severity for each in Filling(asks, answers).worries()] == [Severity.URGENT]
