"""What the words of a message say in their order."""

import random
from functools import cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.learning import Shown, learn
from domain.distress.gist import Gist, in_rows, pooled
from domain.distress.likeness import buckets_of

FILLER = "bus", "today", "we", "with", "market", "blue", "seven", "tea", "walk", "road"


def told(*words: str) -> list[str]:
    """Those words in this order, somewhere in a message."""
    chance = random.Random(" ".join(words))
    return [*chance.sample(FILLER, 3), *words, *chance.sample(FILLER, 3)]


@cache
def learned() -> Gist:
    """From messages in which the same words stand in two orders, one of which is meant."""
    chance = random.Random(2)
    shown = []
    for _ in range(4_000):
        meant = chance.random() < 0.5
        pair = ["uncle", "hits"] if meant else ["hits", "uncle"]
        words = [*chance.sample(FILLER, 3), *pair, *chance.sample(FILLER, 3)]
        shown.append(Shown(words, [], [meant]))
    return learn(shown).gist()


def test_the_same_words_in_another_order_say_something_else() -> None:
    assert learned().of(told("uncle", "hits"), [])[0] > 1
    assert learned().of(told("hits", "uncle"), [])[0] < -1


def test_what_was_learned_holds_for_words_spelled_nearly_so() -> None:
    assert learned().of(told("uncles", "hits"), [])[0] > 0
    assert learned().of(told("hits", "uncles"), [])[0] < 0


def test_the_same_messages_make_the_same_gist() -> None:
    some = [Shown(["a", "b"], [1], [True]), Shown(["b", "a"], [2], [False])] * 300
    one, other = learn(some), learn(some)
    assert np.array_equal(one.table, other.table)
    for a, b in zip(one.layers, other.layers, strict=True):
        assert np.array_equal(a.weights, b.weights)
        assert np.array_equal(a.bias, b.bias)


@given(st.lists(st.text(max_size=50), max_size=20), st.lists(st.integers(0, 1000), max_size=5))
def test_any_words_have_a_gist(words: list[str], matters: list[int]) -> None:
    assert all(np.isfinite(LOADED.of(words, matters)))


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_messages_that_are_learned_together_are_read_as_each_by_itself(lengths: list[int]) -> None:
    """What serves one message and what learns from many must see the same."""
    chance = np.random.default_rng(len(lengths))
    vectors = chance.normal(size=(sum(lengths), 4)).astype(np.float32)
    matters = chance.normal(size=(len(lengths), 4)).astype(np.float32)
    starts = np.array([sum(lengths[:number]) for number in range(len(lengths))], np.intp)
    together = pooled(in_rows(vectors, starts), starts, matters)
    for number, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        alone = np.zeros(1, np.intp)
        own = in_rows(vectors[start : start + length], alone)
        assert np.allclose(together[number], pooled(own, alone, matters[[number]]))


LOADED = Gist.load(buckets_of)
