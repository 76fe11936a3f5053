import json
import unicodedata
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.distress import HELD_OUT
from domain.distress import Severity, Watch

CRIES = st.sampled_from(
    [
        "I want to die",
        "he locked me in",
        "je veux mourir",
        "dua të vdes",
        "хочу вмерти",
        "أريد أن أموت",
    ]
)
INVISIBLE = st.sampled_from(["\u200b", "\u200e", "\u202e", "\u00ad", "\u0301", "\ufeff"])
LOOK_ALIKES = str.maketrans("aeopcxi", "аеорсхі")


@cache
def loaded() -> Watch:
    return Watch.load()


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=())))
def test_p1_no_text_can_make_the_watch_fail(text: str) -> None:
    loaded().assess(text, recent=[text])


def test_p1_long_and_hostile_texts_are_judged_too() -> None:
    for text in ("\ud800 I want to die", "a\u0301\u0323" * 50_000, "want to " * 12_000, "\0"):
        loaded().assess(text)
    assert loaded().assess("x " * 50_000 + "I want to die").severity is Severity.EMERGENCY


@given(CRIES, INVISIBLE)
def test_p1_invisible_characters_hide_nothing(cry: str, mark: str) -> None:
    assert loaded().assess(mark.join(cry)).severity is Severity.EMERGENCY


@given(CRIES, st.integers(2, 6))
def test_p1_drawn_out_letters_and_capitals_hide_nothing(cry: str, times: int) -> None:
    drawn = "".join(letter * times if letter != " " else letter for letter in cry)
    assert loaded().assess(drawn.upper()).severity is Severity.EMERGENCY


def test_p1_letters_of_another_script_hide_nothing() -> None:
    assert loaded().assess("I want to die".translate(LOOK_ALIKES)).severity is Severity.EMERGENCY


@given(CRIES, st.text())
def test_p1_a_further_sentence_takes_nothing_back(cry: str, more: str) -> None:
    assert loaded().assess(f"{cry}. {more}").severity is Severity.EMERGENCY


TRICKS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "look-alikes": lambda text: text.translate(LOOK_ALIKES) if text.isascii() else text,
    "zero width": "\u200b".join,
    "right to left": lambda text: f"\u202e{text}\u202c",
    "soft hyphens": "\u00ad".join,
    "full width": lambda text: "".join(
        chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in text
    ),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "drawn out": lambda text: "".join(char * (3 if char in "aeioаеиоαεοا" else 1) for char in text),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_p1_no_unicode_trick_changes_what_is_heard(trick: str) -> None:
    """Of all held-out messages that signal; one in a hundred may fall to another level."""
    texts = [json.loads(line)["text"] for line in HELD_OUT.read_text("utf-8").splitlines()]
    verdicts = [(text, loaded().assess(text).severity) for text in texts]
    positives = [(text, was) for text, was in verdicts if was is not Severity.NONE]
    same = [loaded().assess(TRICKS[trick](text)).severity is was for text, was in positives]
    assert sum(same) >= 0.99 * len(same)
