"""Which language a form's texts are in, however it calls them."""

import pytest

from domain.questionnaires.forms.reading import read_form
from domain.questionnaires.values import Questionnaire
from tests.domain.questionnaires.forms.cells import where
from tests.domain.questionnaires.forms.sheets import excel, form, problems


def calling(*languages: str, default: str = "") -> str:
    """A form with a column of labels for each; "" for one without a name."""
    columns = " | ".join(f"label::{each}" if each else "label" for each in languages)
    labels = " | ".join(f"Rooms in {each}?" for each in languages)
    return f"""
| survey |
| | type | name | {columns} |
| | integer | rooms | {labels} |
| settings |
| | form_title | default_language |
| | Home | {default} |
"""


def chosen_with_the_file(table: str, language: str) -> Questionnaire:
    return read_form(excel(table), language=language)


@pytest.mark.parametrize(
    ("called", "code"),
    [
        ("Ukrainian (uk)", "uk"),
        ("Ukrainian (ukr)", "uk"),
        ("Albanian (alb)", "sq"),
        ("Greek (ell)", "el"),
        ("Moroccan Arabic (ary)", "ary"),
        ("Portuguese (pt-BR)", "pt"),
        ("fr", "fr"),
        ("ARA", "ar"),
        ("Shqip", "sq"),
        ("Ukrainian", "uk"),
        ("Pashto (ps)", "ps"),
        ("Dari (prs)", "prs"),
        ("Srpskohrvatski (sh)", "sh"),
        ("Kiswahili (swc)", "swc"),
    ],
)
def test_a_language_is_known_by_either_code_or_by_its_name(called: str, code: str) -> None:
    assert form(calling("English (en)", called)).languages == ("en", code)


@pytest.mark.parametrize("called", ["Ukrainian (ua)", "Albanian (al)", "Greek (gr)", "X (qqx)"])
def test_the_code_of_no_language_is_refused_as_nobody_would_ever_be_asked(called: str) -> None:
    [problem] = problems(calling("English (en)", called))
    assert where(problem) == ("survey", None, f"label::{called}")
    assert problem.said().endswith("is the code of no language.")


@pytest.mark.parametrize("default", ["fr", "French", "Français (fr)", "fra"])
@pytest.mark.parametrize("called", [["English (en)", "Français (fr)"], ["English (en)", ""]])
def test_the_default_language_is_the_main_one_however_it_is_written(
    default: str, called: list[str]
) -> None:
    assert form(calling(*called, default=default)).languages == ("fr", "en")


@pytest.mark.parametrize("default", ["", "default", "Our own"])
@pytest.mark.parametrize("called", ["", "default"])
def test_a_language_that_the_form_does_not_name_can_be_chosen_with_the_file(
    default: str, called: str
) -> None:
    table = calling(called, default=default)
    [problem] = problems(table)

    assert where(problem) == ("settings", None, "default_language")
    assert chosen_with_the_file(table, "pl").languages == ("pl",)


@pytest.mark.parametrize(
    "columns",
    [
        "label | label::English (en) | hint",
        "label::English (en) | label | hint",
        "hint | hint::English (en) | label",
        "hint::English (en) | hint | label::English (en)",
    ],
)
def test_a_text_with_the_main_language_and_one_without_are_twice_the_same(columns: str) -> None:
    """One of them may be an older wording."""
    [problem] = problems(
        f"""
| survey |
| | type | name | {columns} |
| | integer | rooms | How many? | Rooms? | All of them |
| settings |
| | form_title | default_language |
| | Home | English (en) |
"""
    )
    assert problem.said() == f"{columns.partition(':')[0].split()[0]} is there twice."
