import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.forms.limits import LARGEST
from domain.directory.folding import fold
from domain.errors import Refused
from domain.names import LONGEST, as_name, slug
from tests.attacks.corpus import ODD_NAMES


@pytest.mark.parametrize("odd", ODD_NAMES)
def test_what_plays_tricks_in_a_name_is_left_out(odd: str) -> None:
    assert as_name(odd).replace(" ", "").startswith("Ver")
    assert len(as_name(odd)) < 12


@pytest.mark.parametrize(
    "name",
    [
        "Vera Hoxha",
        "نرگس می‌خواهد",
        "Nguyễn Thị Hương",
        "नमस्ते",
        "מַלְכָּה",
        "Ľubomíra O’Neill-Ξένη",
        "Team 3",
    ],
)
def test_a_name_in_any_script_stays_what_it_is(name: str) -> None:
    assert as_name(f"  {name} ") == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "blank", ["", " ", "\u200b", "\u3164", "\u2800\u2800", "\u202e\u202d", "..."]
)
def test_a_name_that_nobody_can_see_is_none(blank: str) -> None:
    assert as_name(blank) == ""


def test_a_name_that_fits_on_no_line_is_refused() -> None:
    assert as_name("a" * LONGEST)
    with pytest.raises(Refused, match="at most"):
        as_name("a" * (LONGEST + 1))


@pytest.mark.parametrize("marks", ["\u0300\u0316", "\u0f73"])
def test_a_name_or_a_search_of_marks_without_end_keeps_nobody_waiting(marks: str) -> None:
    """As many as a form holds: they took minutes, in which the replica heard nobody."""
    typed = "a" + marks * (LARGEST // len(marks.encode()))
    with pytest.raises(Refused, match="at most"):
        as_name(typed)
    assert (fold(typed), slug(typed, LONGEST)) == ("a", "a")


@given(st.text(st.characters(categories=None), max_size=60))
def test_every_name_can_be_kept_shown_and_given_again(text: str) -> None:
    name = as_name(text)

    assert as_name(name) == name
    assert name.encode().decode() == name
    assert not {unicodedata.bidirectional(each) for each in name} & {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"
    }  # fmt: skip
