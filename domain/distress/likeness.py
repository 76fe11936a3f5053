"""How much a message is like examples of distress: beside the rules, never instead of them.

It hears what is only hinted at, in words that no line foresaw. It can ask or call for a look; it
takes nothing back that a rule has heard. `python -m benchmarks.training` makes its weights.
"""

import re
from array import array
from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import pairwise
from math import sqrt
from typing import Self
from zlib import crc32

from domain.distress.text import Words
from domain.distress.topics import Topics
from domain.distress.views import VIEWS

BUCKETS = 1 << 17
LENGTHS = range(2, 6)
LONGEST = 120  # Words: more say no more, and a flood of them would cost time.
TOPIC_SHARE, USUAL_LENGTH = 0.3, 12  # Long texts have words of every topic.
SCALE = 16
CYRILLIC, GREEK = re.compile("[а-ԯ]"), re.compile("[α-ω]")


class Likeness:
    """`weights` has for each bucket how much what falls into it speaks for distress."""

    def __init__(self, weights: Sequence[float], topics: Topics) -> None:
        self._weights, self._topics = weights, topics

    @classmethod
    def load(cls, topics: Topics) -> Self:
        weights = array("b", files("domain.distress").joinpath("likeness.bin").read_bytes())
        return cls([weight / SCALE for weight in weights], topics)

    def of(self, message: Words) -> float:
        """Above zero: more like distress than like the rest."""
        shares = features(message, self._topics)
        return sum([self._weights[bucket] * share for bucket, share in shares])


def features(message: Words, topics: Topics) -> list[tuple[int, float]]:
    """The buckets of its letters and of its topics, and how much each counts."""
    letters = sorted(set(_letters([_heard(word) for word in message.words[:LONGEST]])))
    share = 1 / sqrt(len(letters)) if letters else 0.0
    topic_share = TOPIC_SHARE * min(1.0, USUAL_LENGTH / max(1, len(message.words)))
    return [(bucket, share) for bucket in letters] + [
        (_bucket(f"#{topic}"), topic_share) for topic in topics.of(message)
    ]


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
