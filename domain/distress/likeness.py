"""How much a message is like examples of distress: beside the rules, never instead of them.

It hears what is only hinted at, in words that no line foresaw. It can ask, call for a look or
raise; it takes nothing back that a rule has heard. `python -m benchmarks.training` makes its
weights.
"""

import re
from array import array
from collections.abc import Collection, Iterator, Sequence
from importlib.resources import files
from itertools import combinations, pairwise
from math import sqrt
from typing import NamedTuple, Self
from zlib import crc32

from domain.distress.by_word import by_word
from domain.distress.concepts import Concepts
from domain.distress.text import Words
from domain.distress.topics import Topics
from domain.distress.views import looks

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


class Features(NamedTuple):
    """Of a message: its words, of which each letter counts, and buckets that count by themselves,
    with their shares.
    """

    words: Collection[str]
    share: float
    single: Sequence[tuple[float, Sequence[int]]]


class Likeness:
    """`weights` has for each bucket, and once more for each, how much what falls into it speaks for
    what `Like` names, in parts of SCALE.
    """

    def __init__(self, weights: Sequence[int], meanings: Meanings) -> None:
        self._weights, self.meanings = (weights[:BUCKETS], weights[BUCKETS:]), meanings
        self._of_word = by_word(lambda word: self._sums(buckets_of(word)))

    @classmethod
    def load(cls, meanings: Meanings) -> Self:
        weights = array("b", files("domain.distress").joinpath("likeness.bin").read_bytes())
        return cls(weights, meanings)

    def of(self, message: Words) -> Like:
        found = features(message, self.meanings)
        weighed = [(found.share, self._of_word(word)) for word in found.words]
        weighed += [(share, self._sums(buckets)) for share, buckets in found.single]
        return Like(
            sum([share * distress for share, (distress, _) in weighed]) / SCALE,
            sum([share * emergency for share, (_, emergency) in weighed]) / SCALE,
        )

    def _sums(self, buckets: Sequence[int]) -> tuple[int, int]:
        distress, emergency = self._weights
        return sum([distress[each] for each in buckets]), sum([emergency[each] for each in buckets])


def features(message: Words, meanings: Meanings) -> Features:
    """Its words and each two neighbours, its topics and its concepts."""
    heard = [_heard(word) for word in message.words[:LONGEST]]
    words = dict.fromkeys(heard)
    # About as many as words and neighbours have buckets.
    share = 1 / sqrt(len(LENGTHS) * sum(map(len, words)) or 1)
    neighbours = dict.fromkeys([f"{one} {other}" for one, other in pairwise(heard)])
    topic_share = TOPIC_SHARE * min(1.0, USUAL_LENGTH / max(1, len(message.words)))
    single = [
        (ANY_SHARE, [ANY]),
        (share, [_bucket(pair) for pair in neighbours]),
        (topic_share, [_bucket(f"#{topic}") for topic in meanings.topics.of(message)]),
        *_concepts(meanings.concepts.of(message)),
    ]
    return Features(words, share, single)


def _concepts(concepts: Sequence[str]) -> Iterator[tuple[float, Sequence[int]]]:
    """Each, and each two of them: a driver is harmless, and so is a border. Not for long texts."""
    usual = min(1.0, USUAL_CONCEPTS / max(1, len(concepts)))
    yield CONCEPT_SHARE * usual, [_bucket(f"@{concept}") for concept in concepts]
    if len(concepts) <= MOST_CONCEPTS:
        pairs = combinations(concepts, 2)
        yield PAIR_SHARE * usual**2, [_bucket(f"@{one} {other}") for one, other in pairs]


def buckets_of(word: str) -> list[int]:
    """Its own, and those of the runs of letters in it, with its beginning and end."""
    spaced = f" {word} "
    runs = [
        spaced[start : start + length]
        for length in LENGTHS
        for start in range(len(spaced) - length + 1)
    ]
    return [_bucket(f"={word}"), *dict.fromkeys(map(_bucket, runs))]


@by_word
def _heard(word: str) -> str:
    """Cyrillic and Greek as they sound, so that their Latin spellings are like them."""
    if word.isascii():
        return word
    if CYRILLIC.search(word):
        return looks(word)["sounds"]
    return looks(word)["greek"] if GREEK.search(word) else word


def _bucket(letters: str) -> int:
    return crc32(letters.encode("utf-8", "surrogatepass")) % BUCKETS


ANY = _bucket("#any")
