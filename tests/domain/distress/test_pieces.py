"""Words in pieces, as the model of sentences reads them."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from domain.distress.by_word import LONGEST
from domain.distress.pieces import BEGIN, END, SPACE, UNKNOWN, Pieces

CHANCES = {
    BEGIN: 0.0,
    END: 0.0,
    UNKNOWN: 0.0,
    SPACE: -3.0,
    "▁he": -2.0,
    "▁help": -2.5,
    "▁h": -4.0,
    "l": -3.5,
    "p": -3.5,
    "lp": -3.0,
    "e": -3.0,
    "el": -3.2,
    "h": -4.0,
}
SPELLED = [*CHANCES]


def spelled(*words: str, most: int = 99) -> list[str]:
    return [SPELLED[number] for number in Pieces(CHANCES).of(words, most)]


def ways(word: str) -> Iterator[tuple[float, list[str]]]:
    """Every way to make a word of pieces, with how likely it is."""
    if not word:
        yield 0.0, []
    for end in range(1, len(word) + 1):
        if word[:end] in CHANCES:
            for chance, rest in ways(word[end:]):
                yield CHANCES[word[:end]] + chance, [word[:end], *rest]


def test_a_word_is_the_pieces_that_are_most_likely() -> None:
    assert spelled("help", "he") == [BEGIN, "▁help", "▁he", END]
    assert spelled("helpp") == [BEGIN, "▁help", "p", END]


@given(st.text("help", min_size=1, max_size=9))
def test_no_other_pieces_of_a_word_are_more_likely(word: str) -> None:
    _, *inside, _ = spelled(word)
    assert "".join(inside) == SPACE + word
    best, _ = max(ways(SPACE + word))
    assert abs(sum(map(CHANCES.__getitem__, inside)) - best) < 1e-9


def test_a_letter_that_is_in_no_piece_is_unknown_and_the_others_are_not() -> None:
    assert spelled("heژp") == [BEGIN, "▁he", UNKNOWN, "p", END]


def test_what_is_too_long_ends_and_says_so() -> None:
    assert spelled("he", "he", "he", most=4) == [BEGIN, "▁he", "▁he", END]
    flood = spelled("p" * 5_000, most=9_999)
    assert len(flood) == len([BEGIN, SPACE, END]) + LONGEST
    assert spelled() == [BEGIN, END]
