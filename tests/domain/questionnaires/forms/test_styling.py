"""Of a text that ODK shows in bold the words are read, and no stars."""

import pytest

from domain.questionnaires.forms.styling import plain
from tests.domain.questionnaires.forms.sheets import HEALTH, form


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**Now** and __then__", "Now and then"),
        ("*Now* and _then_, ***both***", "Now and then, both"),
        ("**Now _and_ then**", "Now and then"),
        ("# Now\n## And then", "Now\nAnd then"),
        ('<span style="color:red">Now</span>', "Now"),
        ("<SPAN>Now< / span ><span />", "Now"),
        ("**${name}**, _${_name_}_", "${name}, ${_name_}"),
        ("**¿Qué?** *كم؟*", "¿Qué? كم؟"),
    ],
)
def test_how_a_text_is_to_look_is_taken_off_it(written: str, read: str) -> None:
    assert plain(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "2 * 3 * 4 and 2*3*4",
        "Name* and address*",
        "Your name (*) and your age (*)",
        "I was born in ____ in ____",
        "snake_case_name and _another",
        "${_first} and ${last_} of ${a_b}",
        "${ _first} and ${last_ }",
        "#1 and C#",
        "1 < 2 > 1",
        "Is 3 <span of years> 5?",
    ],
)
def test_signs_that_are_no_style_stay(written: str) -> None:
    assert plain(written) == written


@pytest.mark.parametrize("written", ["<" + " " * 200_000 + "x", "${ _a}" * 100_000])
def test_a_text_that_is_meant_to_do_harm_is_read_in_one_go(written: str) -> None:
    """In time that grows with its square it would take minutes, and everybody else would wait."""
    assert plain(written) == written


def test_a_form_is_asked_in_words_without_style() -> None:
    styled = HEALTH.replace("Anything else?", "**Anything** else?").replace("A home", "# A home")
    assert form(styled) == form(HEALTH)
