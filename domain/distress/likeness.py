"""How much a message is like examples of distress: beside the rules, never instead of them.

It hears what is only hinted at, in words that no line foresaw: by what is in the message, each by
itself, and by the gist of it. It can ask, call for a look or raise; of what a rule says it takes
nothing back but a question about a lesser matter.
`python -m benchmarks.training` makes its weights.
"""

import re
from array import array
from collections.abc import Collection, Sequence
from importlib.resources import files
from itertools import combinations, pairwise
from math import sqrt
from operator import mul
from typing import NamedTuple, Self
from zlib import crc32

from domain.distress.by_word import by_word
from domain.distress.gist import Gist
from domain.distress.reading import Reading
from domain.distress.sentences import Sentences
from domain.distress.topics import Topics
from domain.distress.views import looks

BUCKETS = 1 << 17
LENGTHS = range(2, 6)
LONGEST = 120  # Words: more say no more, and a flood of them would cost time.
TOPIC_SHARE, USUAL_LENGTH = 0.3, 12  # Long texts have words of every topic.
CONCEPT_SHARE, PAIR_SHARE, USUAL_CONCEPTS, MOST_CONCEPTS = 0.3, 0.2, 16, 32
MARK_SHARE = 0.4
ANY_SHARE = 0.4  # Of what is in every message: how usual distress is among the examples.
SCALE = 16
GIST = 0.8  # Of what the gist says beside: decision 0048.
# An emergency is urgent, too, and distress: as much of each says so.
BOTH = 0.5
SENTENCES = 1.5  # Of what the model of sentences says beside: decisions 0091 and 0098.
CYRILLIC, GREEK = re.compile("[а-ԯ]"), re.compile("[α-ω]")


class Like(NamedTuple):
    """Above zero: more like any distress, what is urgent or graver, or an emergency, than like the
    rest.
    """

    distress: float
    urgent: float
    emergency: float

    @property
    def together(self) -> float:
        """Whether it deserves a look is told better by both than by either (decision 0060)."""
        return self.distress + self.urgent


class Features(NamedTuple):
    """Of a message: its words, of which each letter counts, and buckets that count by themselves,
    with their shares; and what its gist is made of, its words in order and the buckets of what it
    is about.
    """

    words: Collection[str]
    share: float
    single: Sequence[tuple[float, Sequence[int]]]
    order: Sequence[str]
    matters: Sequence[int]


class Likeness:
    """`weights` has for all that `Like` names, one after the other, how much what falls into each
    bucket speaks for it, in parts of SCALE. Without `sentences` while it is learned.
    """

    def __init__(
        self,
        weights: Sequence[int],
        gist: Gist,
        topics: Topics,
        sentences: Sentences | None = None,
    ) -> None:
        begins = range(0, len(weights), BUCKETS)
        self._weights = [weights[begin : begin + BUCKETS] for begin in begins]
        self._gist, self._topics, self._sentences = gist, topics, sentences
        self._of_word = by_word(lambda word: self._sums(buckets_of(word)))

    @classmethod
    def load(cls, topics: Topics) -> Self:
        weights = array("b", files("domain.distress").joinpath("likeness.bin").read_bytes())
        return cls(weights, Gist.load(buckets_of), topics, Sentences.load())

    def in_full(self, reading: Reading, reach: float) -> Like:
        """With what the model of sentences makes of it, unless distress and urgency together are
        less than `reach`, from where hardly anything that it says changes anything.
        """
        like = self.of(reading)
        if self._sentences is None or like.together < reach:
            return like
        distress, urgent, emergency = self._sentences.of(reading.message.unbroken[:LONGEST])
        return Like(
            like.distress + SENTENCES * distress,
            like.urgent + SENTENCES * urgent,
            like.emergency + SENTENCES * (emergency + BOTH * (distress + urgent)),
        )

    def of(self, reading: Reading) -> Like:
        found = features(reading, self._topics)
        shares = [found.share] * len(found.words) + [share for share, _ in found.single]
        sums = [self._of_word(word) for word in found.words]
        sums += [self._sums(buckets) for _, buckets in found.single]
        kinds = zip(*sums, self._gist.of(found.order, found.matters), strict=True)
        distress, urgent, emergency = [
            sum(map(mul, shares, kind)) / SCALE + GIST * gist for *kind, gist in kinds
        ]
        return Like(distress, urgent, emergency + BOTH * (distress + urgent))

    def _sums(self, buckets: Sequence[int]) -> tuple[int, ...]:
        return tuple([sum([weights[each] for each in buckets]) for weights in self._weights])


def features(reading: Reading, topics: Topics) -> Features:
    """Its words, each two neighbours, its topics and concepts, and what rules made of it."""
    message = reading.message
    heard = [_heard(word) for word in message.words[:LONGEST]]
    words = dict.fromkeys(heard)
    # About as many as words and neighbours have buckets.
    share = 1 / sqrt(len(LENGTHS) * sum(map(len, words)) or 1)
    neighbours = dict.fromkeys([f"{one} {other}" for one, other in pairwise(heard)])
    topic_share = TOPIC_SHARE * min(1.0, USUAL_LENGTH / max(1, len(message.words)))
    usual = min(1.0, USUAL_CONCEPTS / max(1, len(reading.concepts)))
    about = [_bucket(f"#{topic}") for topic in topics.of(message)]
    meant = [_bucket(f"@{concept}") for concept in reading.concepts]
    marks = [_bucket(f"§{mark}") for mark in reading.marks()]
    single = [
        (ANY_SHARE, [ANY]),
        (share, [_bucket(pair) for pair in neighbours]),
        (topic_share, about),
        (CONCEPT_SHARE * usual, meant),
        (PAIR_SHARE * usual**2, _pairs(reading.concepts)),
        (MARK_SHARE, marks),
    ]
    return Features(words, share, single, heard, [*about, *meant, *marks])


def _pairs(concepts: Sequence[str]) -> list[int]:
    """Each two of them: a driver is harmless, and so is a border. Not for long texts."""
    if len(concepts) > MOST_CONCEPTS:
        return []
    return [_bucket(f"@{one} {other}") for one, other in combinations(concepts, 2)]


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
