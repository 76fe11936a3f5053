"""Makes what the watch learns from the example messages: which lines are proven, and likeness.

python -m benchmarks.training [--untried]: prints what it makes of messages by authors that it was
not trained on, then writes domain/distress/proven.txt, likeness.bin and gist.npz, and beside them
of what they were made. The same messages always make the same files, tried or --untried, which
takes a third of the time; another processor may round the gist's last digits otherwise.
"""

import random
from argparse import ArgumentParser
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import learning
from benchmarks.company import in_company
from benchmarks.examples import MESSAGES, Example, examples, pages
from benchmarks.learning import Learning
from benchmarks.records import DISTRESS, GRAVE, Records
from domain.distress import gist
from domain.distress.concepts import Concepts
from domain.distress.index import indexes_of
from domain.distress.lexicon import load_entries
from domain.distress.likeness import BUCKETS, SCALE, Like, Likeness, buckets_of, features
from domain.distress.proven import FILE
from domain.distress.reading import Reading, read
from domain.distress.text import words_of
from domain.distress.topics import Topics

WATCH = Path(__file__).parents[1] / "domain/distress"
PROVEN, WEIGHTS, MADE_OF = WATCH / FILE, WATCH / "likeness.bin", WATCH / "likeness.made-of"
GIST = WATCH / gist.FILE
EPOCHS, RATE, DECAY = 8, 0.4, 1e-4
MOST = 127
EMERGENCY = "E"
KINDS = DISTRESS, GRAVE, EMERGENCY
# By folder: those who wrote many messages and knew nothing of the watch.
LEFT_OUT = ("further", "more_hands")
_buckets_of = cache(buckets_of)


class Lesson(NamedTuple):
    example: Example
    reading: Reading


def made_of() -> str:
    """Changes with any message, lexicon or concept."""
    return hash_of(chain(MESSAGES.rglob("*.txt"), WATCH.rglob("*.toml")))


def hash_of(written: Iterable[Path]) -> str:
    return sha256(b"".join(file.read_bytes() for file in sorted(written, key=str))).hexdigest()


class Shown(NamedTuple):
    """In which buckets a message falls, how much each counts, and for each of KINDS whether it has
    one of its labels.
    """

    buckets: NDArray[np.intp]
    shares: NDArray[np.float64]
    right: NDArray[np.bool_]


def train(lessons: Iterable[Lesson], topics: Topics) -> NDArray[np.float64]:
    """A logistic regression for each of KINDS, by steps that shrink where much was learned
    already: a column of weights each.
    """
    shown = [_shown(each, topics) for each in lessons]
    weights = np.zeros((BUCKETS, len(KINDS)))
    learned = np.ones_like(weights)
    chance = random.Random(1)
    for _ in range(EPOCHS):
        chance.shuffle(shown)
        for buckets, shares, right in shown:
            some = weights[buckets]
            error = 1 / (1 + np.exp(-(shares @ some))) - right
            step = np.outer(shares, error) + DECAY * some
            learned[buckets] += step * step
            weights[buckets] = some - RATE * step / np.sqrt(learned[buckets])
    return weights


def _shown(lesson: Lesson, topics: Topics) -> Shown:
    found = features(lesson.reading, topics)
    letters = [bucket for word in found.words for bucket in _buckets_of(word)]
    groups = (found.share, letters), *found.single
    buckets = [bucket for _, some in groups for bucket in some]
    shares = [share for share, some in groups for _ in some]
    unlike, which = np.unique(np.array(buckets, np.intp), return_inverse=True)
    summed = np.zeros(len(unlike))
    np.add.at(summed, which, shares)
    return Shown(unlike, summed, np.array([lesson.example.label in kind for kind in KINDS]))


def tried(
    lessons: Sequence[Lesson], company: Sequence[Lesson], topics: Topics
) -> Iterator[tuple[Example, Like]]:
    """Each message of those authors with its likeness to what the others wrote."""
    for author in LEFT_OUT:
        others = [each for each in (*lessons, *company) if each.example.author != author]
        likeness = Likeness(weights_of(others, topics), gist_of(others, topics).gist(), topics)
        for each in lessons:
            if each.example.author == author:
                yield each.example, likeness.of(each.reading)


def report(scores: Iterable[tuple[Example, Like]]) -> None:
    scored = [*scores]
    for kind in Like._fields:
        harmless = sorted(
            (getattr(like, kind) for each, like in scored if each.label == "N"), reverse=True
        )
        for share in (0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.12):
            bar = harmless[int(share * len(harmless))]
            print(f"{kind} | harmless {share:.1%}: above {bar:.2f}", end="")
            for label in "EUC":
                hits = [getattr(like, kind) > bar for each, like in scored if each.label == label]
                print(f" | {label} {sum(hits) / len(hits):.2f}", end="")
            print()


def weights_of(lessons: Sequence[Lesson], topics: Topics) -> "array[int]":
    parts = np.clip(np.round(train(lessons, topics).T * SCALE), -MOST, MOST)
    return array("b", parts.astype(np.int8).tobytes())


def gist_of(lessons: Iterable[Lesson], topics: Topics) -> Learning:
    found = ((each.example.label, features(each.reading, topics)) for each in lessons)
    return learning.learn(
        [
            learning.Shown(each.order, each.matters, [label in kind for kind in KINDS])
            for label, each in found
        ]
    )


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--untried", action="store_true")
    untried = parser.parse_args().untried
    entries = [*load_entries()]
    indexes, topics, concepts = indexes_of(entries), Topics(entries), Concepts.load()

    def lesson(example: Example) -> Lesson:
        return Lesson(example, read(words_of(example.text), indexes, concepts))

    lessons = [*map(lesson, examples())]
    company = [*map(lesson, in_company(pages()))]
    if not untried:
        report(tried(lessons, company, topics))
    proven = Records((example.label, reading) for example, reading in lessons).proven(entries)
    PROVEN.write_text("".join(f"{name} {most}\n" for name, most in sorted(proven)), "ascii")
    told = [*lessons, *company]
    WEIGHTS.write_bytes(weights_of(told, topics).tobytes())
    gist_of(told, topics).save(GIST)
    MADE_OF.write_text(made_of() + "\n", "utf-8")


if __name__ == "__main__":
    main()
