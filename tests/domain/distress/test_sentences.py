"""The model of sentences beside the watch, and how it was made."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.lessons import MISTAKES, Shown, batches
from benchmarks.model_file import HASH, hash_of_model
from benchmarks.parts import in_parts
from domain.distress import Severity, Watch
from domain.distress.likeness import Likeness
from domain.distress.proven import Proven
from domain.distress.sentences import Sentences
from domain.distress.text import words_of
from tests.lexicons import entries

CRIES = Path(__file__).with_name("plain_cries.txt")
# No rule hears anything, and likeness is neither sure that it is distress nor far from it.
NEAR = "the man took all our phones and the van keeps driving"


class Saying(Sentences):
    """The same score of everything, for all messages."""

    def __init__(self, score: float) -> None:
        self._score, self.asked = score, list[str]()

    def of(self, words: Sequence[str]) -> list[float]:
        self.asked.append(" ".join(words))
        return [self._score] * 3


def watch_with(sentences: Sentences) -> Watch:
    loaded = Watch.load()
    likeness = loaded._likeness
    weights = [each for some in likeness._weights for each in some]
    beside = Likeness(weights, likeness._gist, likeness._topics, sentences)
    return Watch(entries(), loaded._concepts, Proven.load(), beside)


def test_p1_what_the_model_finds_is_heard_where_nothing_else_hears_it() -> None:
    assert watch_with(Saying(-30)).assess(NEAR).severity is Severity.NONE
    assert watch_with(Saying(30)).assess(NEAR).severity is Severity.EMERGENCY


def test_p1_however_little_the_model_makes_of_it_the_plainest_cries_are_heard() -> None:
    deaf = watch_with(Saying(-1000))
    for line in CRIES.read_text("utf-8").splitlines():
        assert deaf.assess(line.partition("|")[2]).severity is not Severity.NONE, line


def test_the_model_is_asked_once_for_a_message_whatever_rules_wonder_about() -> None:
    sentences = Saying(0)
    watch_with(sentences).assess(f"{NEAR}. " * 3)
    assert len(sentences.asked) == 1


@pytest.mark.parametrize(
    "text", ["thank you, see you on monday at ten", "he locked me in and took my passport", "ok"]
)
def test_the_model_is_not_asked_where_its_answer_changes_nothing(text: str) -> None:
    sentences = Saying(0)
    watch_with(sentences).assess(text)
    assert sentences.asked == []


def test_a_message_is_read_without_any_disguise() -> None:
    sentences = Saying(0)
    watch_with(sentences).assess(
        "ＴＨＥ \u200bman TOOK all our phónes and the VAN keeps driving!!!"
    )
    assert sentences.asked == ["the man tok al our phones and the van keps driving"]


def test_p1_a_sign_between_words_is_not_read_and_one_at_an_end_is() -> None:
    sentences = Saying(0)
    watch_with(sentences).assess("the man took 😭 all our phones 😂. and the van keeps driving 😭")
    assert sentences.asked == ["the man tok al our phones 😂 and the van keps driving 😭"]


def test_the_model_tells_a_cry_from_a_greeting_in_words_that_no_rule_knows() -> None:
    model = Sentences.load()
    cry = "they forced her into the trunk and drove towards the frontier"
    greeting = "good morning, I hope you slept well"
    assert min(model.of(words_of(cry).words)) > 0
    assert max(model.of(words_of(greeting).words)) < 0


def test_a_flood_is_read_as_far_as_the_model_reads() -> None:
    model = Sentences.load()
    flood = ["beats"] * 400
    assert model.of(flood) == model.of([*flood, "chess"])


def test_the_hash_that_a_version_holds_is_of_the_model_that_is_there() -> None:
    """Or else: python -m benchmarks.sentences"""
    assert HASH.read_text("ascii").strip() == hash_of_model()


def test_each_message_is_learned_once_an_epoch_and_one_in_three_of_those_with_mistakes() -> None:
    shown = [Shown("people", [0] * length, [True]) for length in range(3, 100)]
    mistaken = [Shown(MISTAKES, [0] * length, [False]) for length in range(3, 303)]
    for epoch in range(3):
        given = [each for some in batches([*shown, *mistaken], epoch) for each in some]
        assert sorted(each for each in given if each.right == [True]) == shown
        assert sorted(each for each in given if each.right == [False]) == mistaken[epoch::3]


def test_numbers_in_parts_are_what_they_were_but_for_half_a_part() -> None:
    weights = np.random.default_rng(5).normal(size=(40, 30)).astype(np.float32)
    parts, scale = in_parts(weights, 31, 0)
    assert np.abs(parts * scale - weights).max() <= scale.max() / 2 * 1.001
    assert np.abs(parts).max() == 31
