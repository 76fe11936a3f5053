"""Words that were mistyped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.distress import Severity, Watch
from domain.distress.slips import Slips

WORDS = ["passport", "threatens", "imprisoned"]
SLIPS = Slips(WORDS)


@st.composite
def slipped(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and the same with one slip between its first letter and its last two."""
    word = draw(st.sampled_from(WORDS))
    at = draw(st.integers(1, len(word) - 4))
    letter = draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    return word, draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
    )


@given(slipped())
def test_p1_one_slip_inside_a_long_word_is_mended(pair: tuple[str, str]) -> None:
    word, typed = pair
    assert SLIPS.mended(typed) == (None if typed == word else word)


@pytest.mark.parametrize("word", ["passports", "transport", "threaten", "pass"])
def test_other_words_are_left_as_they_are(word: str) -> None:
    assert SLIPS.mended(word) is None


def test_in_a_long_sentence_nobodys_finger_slipped(watch: Watch) -> None:
    assert watch.lines_in("he theatened me")
    assert not watch.lines_in(f"he theatened me {'and ' * 18}")


@pytest.mark.parametrize(
    "text",
    [
        "he theatened to kill my brothr, he has my pasport",
        "ils ont pris mon passeprot",
        "me encerrarron en el cuarto y no me dejan salir",
        "он меня изнасилвал",
        "με κλδείωσαν μέσα στο σπίτι",
    ],
)
def test_p1_a_cry_with_a_slip_is_heard(watch: Watch, text: str) -> None:
    assert watch.assess(text).severity.rank >= Severity.URGENT.rank
