"""What the watch remembers of single words."""

import json
from random import Random

from benchmarks.distress import HELD_OUT
from domain.distress import Watch
from domain.distress.by_word import LONGEST, by_word
from domain.distress.index import WORDS_AN_ENTRY, indexes_of
from domain.distress.lexicon import read_entries
from domain.distress.text import words_of


def test_a_word_is_looked_at_once_while_it_is_among_the_last() -> None:
    looked: list[str] = []
    look = by_word(looked.append, most=4)
    for word in ("home", "road", "home", "key", "door", "home", "bus", "home", "road"):
        look(word)
    assert looked == ["home", "road", "key", "door", "bus", "road"]


def test_what_is_longer_than_any_word_is_not_kept() -> None:
    looked: list[str] = []
    look = by_word(looked.append)
    for word in ["a" * LONGEST, "a" * (LONGEST + 1)] * 2:
        look(word)
    assert looked == ["a" * LONGEST, "a" * (LONGEST + 1), "a" * (LONGEST + 1)]


def test_the_words_of_an_organisation_take_no_more_memory_than_they_are_many() -> None:
    """There may be thousands of organisations, each with a few words of its own."""
    (index,) = indexes_of(read_entries("en", {"own": {"urgent": {"debt": ["owes the boss"]}}}))
    seen = [index._seen(word) for word in ["boss", *map(str, range(WORDS_AN_ENTRY))]]
    assert index._seen("0") is not seen[0]
    assert index._seen("boss") is not seen[0]
    assert index._seen("boss") is index._seen("boss")


def test_p1_what_was_read_before_changes_no_verdict(watch: Watch) -> None:
    texts = [json.loads(line)["text"] for line in HELD_OUT.read_text("utf-8").splitlines()]
    once = {text: watch.assess(text) for text in texts}
    assert {text: watch.assess(text) for text in Random(1).sample(texts, len(texts))} == once


def test_a_sentence_has_the_places_of_its_words() -> None:
    assert words_of("no key. go home!").lines[:2] == [range(2), range(2, 4)]
