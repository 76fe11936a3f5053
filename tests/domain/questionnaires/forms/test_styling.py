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
        "#1 and C#",
        "1 < 2 > 1",
    ],
)
def test_signs_that_are_no_style_stay(written: str) -> None:
    assert plain(written) == written


def test_a_form_is_asked_in_words_without_style() -> None:
    styled = HEALTH.replace("Anything else?", "**Anything** else?").replace("A home", "# A home")
    assert form(styled) == form(HEALTH)
