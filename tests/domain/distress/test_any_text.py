import json
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.distress import HELD_OUT
from benchmarks.marred import IN_CYRILLIC, TRICKS
from domain.distress import Severity, Watch
from domain.distress.text import BARE_WORD, word_of, words_of

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


@cache
def loaded() -> Watch:
    return Watch.load()


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=())))
def test_p1_no_text_can_make_the_watch_fail(text: str) -> None:
    loaded().assess(text, recent=[text])


def test_p1_long_and_hostile_texts_are_judged_too() -> None:
    for text in (
        "\ud800 I want to die",
        "a\u0301\u0323" * 50_000,
        "want to " * 12_000,
        "\0",
        # Whoever hesitates, and then cries out: no split of the dots is tried twice.
        f"I want to die{'.' * 50_000}!",
        f"I want to die{'…' * 20_000}?",
        f"I want to die{'.' * 50_000}\n.\n",
    ):
        loaded().assess(text)
    assert loaded().assess("x " * 50_000 + "I want to die").severity is Severity.EMERGENCY


@given(CRIES, INVISIBLE)
def test_p1_invisible_characters_hide_nothing(cry: str, mark: str) -> None:
    assert loaded().assess(mark.join(cry)).severity is Severity.EMERGENCY


@given(CRIES, st.integers(2, 6))
def test_p1_drawn_out_letters_and_capitals_hide_nothing(cry: str, times: int) -> None:
    drawn = "".join(letter * times if letter != " " else letter for letter in cry)
    assert loaded().assess(drawn.upper()).severity is Severity.EMERGENCY


@given(st.one_of(st.from_regex(BARE_WORD, fullmatch=True), st.text(max_size=8)))
def test_a_word_by_itself_is_read_as_in_a_message(text: str) -> None:
    words = words_of(text).words
    assert word_of(text) == (words[0] if len(words) == 1 else "")


def test_p1_letters_of_another_script_hide_nothing() -> None:
    assert loaded().assess("I want to die".translate(IN_CYRILLIC)).severity is Severity.EMERGENCY


@pytest.mark.parametrize("number", ["30", "٣٠", "۳۰"])
def test_p1_a_number_is_heard_in_whatever_digits(number: str) -> None:
    assert loaded().assess(f"تناولت {number} حبة").severity is Severity.EMERGENCY


@given(CRIES, st.text())
def test_p1_a_further_sentence_takes_nothing_back(cry: str, more: str) -> None:
    assert loaded().assess(f"{cry}. {more}").severity is Severity.EMERGENCY


@cache
def signalling() -> Sequence[tuple[str, Severity]]:
    """All held-out messages that signal, and what."""
    texts = [json.loads(line)["text"] for line in HELD_OUT.read_text("utf-8").splitlines()]
    heard = [(text, loaded().assess(text).severity) for text in texts]
    return [(text, severity) for text, severity in heard if severity is not Severity.NONE]


@pytest.mark.parametrize("trick", TRICKS)
def test_p1_no_unicode_trick_changes_what_is_heard(trick: str) -> None:
    """One in a hundred may fall to another level."""
    disguised = TRICKS[trick]
    same = [
        loaded().assess(disguised(text)).severity is severity for text, severity in signalling()
    ]
    assert len(same) > 300
    assert sum(same) >= 0.99 * len(same)
