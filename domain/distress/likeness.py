"""How much a message is like examples of distress: beside the rules, never instead of them.

It hears what is only hinted at, in words that no line foresaw. It can ask, call for a look or
raise; it takes nothing back that a rule has heard. `python -m benchmarks.training` makes its
weights.
"""

import re
from array import array
from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import combinations, pairwise
from math import sqrt
from typing import NamedTuple, Self
from zlib import crc32

from domain.distress.concepts import Concepts
from domain.distress.text import Words
from domain.distress.topics import Topics
from domain.distress.views import VIEWS

BUCKETS = 1 << 17
LENGTHS = range(2, 6)
LONGEST = 120  # Words: more say no more, and a flood of them would cost time.
TOPIC_SHARE, USUAL_LENGTH = 0.3, 12  # Long texts have words of every topic.
CONCEPT_SHARE, PAIR_SHARE, USUAL_CONCEPTS, MOST_CONCEPTS = 0.3, 0.2, 16, 32
ANY_SHARE = 0.4  # Of what is in every message: how usual distress is among the examples.
SCALE = 16
CYRILLIC, GREEK = re.compile("[а-ԯ]"), re.compile("[α-ω]")


class Like(NamedTuple):
    """Above zero: more like distress, or like an emergency, than like the rest."""

    distress: float
    emergency: float


class Meanings(NamedTuple):
    """What the words of a message belong to and stand for, in every language."""

    topics: Topics
    concepts: Concepts


class Likeness:
    """`weights` has for each bucket how much what falls into it speaks for what `Like` names."""

    def __init__(self, weights: Sequence[Sequence[float]], meanings: Meanings) -> None:
        self._weights, self.meanings = weights, meanings

    @classmethod
    def load(cls, meanings: Meanings) -> Self:
        weights = array("b", files("domain.distress").joinpath("likeness.bin").read_bytes())
        scaled = [weight / SCALE for weight in weights]
        return cls([scaled[:BUCKETS], scaled[BUCKETS:]], meanings)

    def of(self, message: Words) -> Like:
        shares = features(message, self.meanings)
        return Like(
            *(
                sum([weights[bucket] * share for bucket, share in shares])
                for weights in self._weights
            )
        )


def features(message: Words, meanings: Meanings) -> list[tuple[int, float]]:
    """The buckets of its letters, topics and concepts, and how much each counts."""
    letters = sorted(set(_letters([_heard(word) for word in message.words[:LONGEST]])))
    share = 1 / sqrt(len(letters)) if letters else 0.0
    topic_share = TOPIC_SHARE * min(1.0, USUAL_LENGTH / max(1, len(message.words)))
    return [
        (_bucket("#any"), ANY_SHARE),
        *((bucket, share) for bucket in letters),
        *((_bucket(f"#{topic}"), topic_share) for topic in meanings.topics.of(message)),
        *_concepts(meanings.concepts.of(message)),
    ]


def _concepts(concepts: Sequence[str]) -> Iterator[tuple[int, float]]:
    """Each, and each two of them: a driver is harmless, and so is a border. Not for long texts."""
    usual = min(1.0, USUAL_CONCEPTS / max(1, len(concepts)))
    for concept in concepts:
        yield _bucket(f"@{concept}"), CONCEPT_SHARE * usual
    if len(concepts) <= MOST_CONCEPTS:
        for one, other in combinations(concepts, 2):
            yield _bucket(f"@{one} {other}"), PAIR_SHARE * usual**2


def _letters(words: Sequence[str]) -> Iterator[int]:
    """Buckets of words, of neighbours, and of the runs of letters in each word."""
    for word in words:
        yield _bucket(f"={word}")
        spaced = f" {word} "
        for length in LENGTHS:
            for start in range(len(spaced) - length + 1):
                yield _bucket(spaced[start : start + length])
    for first, second in pairwise(words):
        yield _bucket(f"{first} {second}")


def _heard(word: str) -> str:
    """Cyrillic and Greek as they sound, so that their Latin spellings are like them."""
    if word.isascii():
        return word
    if CYRILLIC.search(word):
        return VIEWS["sounds"](word)
    return VIEWS["greek"](word) if GREEK.search(word) else word


def _bucket(letters: str) -> int:
    return crc32(letters.encode("utf-8", "surrogatepass")) % BUCKETS
