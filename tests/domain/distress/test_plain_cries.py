"""The gravest things in the plainest words of every language: none of them may ever be missed."""

import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from domain.distress import Severity, Watch

HERE = Path(__file__).parent
CRIES = (HERE / "plain_cries.txt").read_text("utf-8").splitlines()
PLAIN_WORDS = [
    json.loads(line) for line in (HERE / "plain_words.jsonl").read_text("utf-8").splitlines()
]


def beside(between: str, *, first: bool) -> Iterator[str]:
    """Each cry with something harmless in its language, which it comes before or behind."""
    harmless: dict[str, list[str]] = {}
    for said in PLAIN_WORDS:
        harmless.setdefault(said["lang"], []).append(said["text"].rstrip(".!? "))
    others = {language: cycle(texts) for language, texts in harmless.items()}
    for line in CRIES:
        language, _, cry = line.partition("|")
        parts = (cry, next(others[language])) if first else (next(others[language]), cry)
        yield between.join(parts)


@pytest.mark.parametrize("line", CRIES)
def test_p1_the_plainest_cries_are_urgent_at_least(watch: Watch, line: str) -> None:
    text = line.partition("|")[2]
    assert watch.assess(text).severity.rank >= Severity.URGENT.rank


@pytest.mark.parametrize("between", [". ", "\n"])
@pytest.mark.parametrize("first", [True, False])
def test_p1_the_plainest_cries_count_as_much_in_a_sentence_or_a_line_of_their_own(
    watch: Watch, between: str, first: bool
) -> None:
    heard = [watch.assess(text) for text in beside(between, first=first)]
    assert all(each.severity.rank >= Severity.URGENT.rank for each in heard)


@pytest.mark.parametrize("first", [True, False])
def test_p1_few_of_the_plainest_cries_count_for_less_behind_a_comma(
    watch: Watch, first: bool
) -> None:
    """A floor, no goal: it was 0.72 before decision 0059."""
    heard = [watch.assess(text) for text in beside(", ", first=first)]
    assert sum(each.severity.rank >= Severity.URGENT.rank for each in heard) / len(heard) >= 0.87


@pytest.mark.parametrize("pause", ["\n", "... ", "… "])
def test_p1_a_line_break_or_dots_within_a_plain_cry_hide_nothing(watch: Watch, pause: str) -> None:
    """All but one, which tells of years ago in its first half."""
    cries = [line.partition("|")[2].split() for line in CRIES]
    halves = [(cry[: len(cry) // 2], cry[len(cry) // 2 :]) for cry in cries if len(cry) > 1]
    heard = [watch.assess(pause.join(map(" ".join, both))) for both in halves]
    assert sum(each.severity.rank < Severity.URGENT.rank for each in heard) <= 1


@pytest.mark.parametrize("emoji", ["😭", "🙏🏽", "❤️"])
def test_p1_an_emoji_within_a_plain_cry_hides_nothing(watch: Watch, emoji: str) -> None:
    """All but two, which it makes less like distress. It was a third before."""
    cries = [line.partition("|")[2].split() for line in CRIES]
    marred = [[*cry[: len(cry) // 2], emoji, *cry[len(cry) // 2 :]] for cry in cries]
    heard = [watch.assess(" ".join(words)) for words in marred]
    assert sum(each.severity.rank < Severity.URGENT.rank for each in heard) <= 2
