"""Makes the weights of the watch's sense of likeness from the example messages.

python -m benchmarks.training [--untried]: prints what it finds in folds that it was not trained on,
then writes domain/distress/likeness.bin, and beside it of what it was made. The same messages
always make the same file, tried or --untried, which takes a fifth of the time.
"""

import random
import re
from argparse import ArgumentParser
from array import array
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import chain
from math import exp, sqrt
from pathlib import Path
from typing import NamedTuple

from domain.distress.concepts import Concepts
from domain.distress.lexicon import HEARS, IGNORES, load_entries
from domain.distress.likeness import BUCKETS, SCALE, Like, Likeness, Meanings, buckets_of, features
from domain.distress.text import words_of
from domain.distress.topics import Topics

MESSAGES = Path(__file__).parent / "messages"
WATCH = Path(__file__).parents[1] / "domain/distress"
WEIGHTS, MADE_OF = WATCH / "likeness.bin", WATCH / "likeness.made-of"
BESIDE_LINES = re.compile(rf"^[\w-]+(?:{HEARS}|{IGNORES}) = .*\n".encode(), re.MULTILINE)
EPOCHS, RATE, DECAY = 15, 0.4, 1e-4
FOLDS = 4
DISTRESS, EMERGENCY = "EUC", "E"


class Example(NamedTuple):
    """`scene` is the same in every language where the same thing is told; those without one are
    learned from and never tried.
    """

    language: str
    scene: int | None
    label: str
    text: str


def examples() -> Iterator[Example]:
    for file in sorted(MESSAGES.glob("*.txt")):
        for scene, line in enumerate(file.read_text("utf-8").splitlines()):
            yield _example(file, scene, line)
    for file in sorted(MESSAGES.glob("*/*.txt")):
        for line in file.read_text("utf-8").splitlines():
            yield _example(file, None, line)


def _example(file: Path, scene: int | None, line: str) -> Example:
    label, text = line.split(" ", 1)
    return Example(file.stem, scene, label, text)


def made_of() -> str:
    """Changes with any message, lexicon or concept; not with the examples beside a lexicon's lines,
    of which nothing is learned.
    """
    written = sorted(chain(MESSAGES.rglob("*.txt"), WATCH.rglob("*.toml")), key=str)
    learned = (BESIDE_LINES.sub(b"", file.read_bytes()) for file in written)
    return sha256(b"".join(learned)).hexdigest()


def train(messages: Sequence[Example], meanings: Meanings, labels: str) -> list[float]:
    """Logistic regression of whether it has one of the labels, by steps that shrink where much
    was learned already.
    """
    weights, learned = [0.0] * BUCKETS, [1.0] * BUCKETS
    shown = [(_shares(each, meanings), each.label in labels) for each in messages]
    chance = random.Random(1)
    for _ in range(EPOCHS):
        chance.shuffle(shown)
        for shares, distress in shown:
            score = sum([weights[bucket] * share for bucket, share in shares])
            error = 1 / (1 + exp(-score)) - distress
            for bucket, share in shares:
                step = error * share + DECAY * weights[bucket]
                learned[bucket] += step * step
                weights[bucket] -= RATE * step / sqrt(learned[bucket])
    return weights


def _shares(message: Example, meanings: Meanings) -> list[tuple[int, float]]:
    found = features(words_of(message.text), meanings)
    letters = [bucket for word in found.words for bucket in buckets_of(word)]
    return [
        (bucket, share)
        for share, buckets in ((found.share, letters), *found.single)
        for bucket in buckets
    ]


def tried(messages: Sequence[Example], meanings: Meanings) -> Iterator[tuple[Example, Like]]:
    """Each with its likeness to the others, its own scene left out in every language."""
    for fold in range(FOLDS):
        others = [each for each in messages if each.scene is None or each.scene % FOLDS != fold]
        likeness = Likeness(weights_of(others, meanings), meanings)
        for each in messages:
            if each.scene is not None and each.scene % FOLDS == fold:
                yield each, likeness.of(words_of(each.text))


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


def weights_of(messages: Sequence[Example], meanings: Meanings) -> "array[int]":
    trained = [
        weight for labels in (DISTRESS, EMERGENCY) for weight in train(messages, meanings, labels)
    ]
    return array("b", [max(-127, min(127, round(weight * SCALE))) for weight in trained])


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--untried", action="store_true")
    untried = parser.parse_args().untried
    meanings = Meanings(Topics(load_entries()), Concepts.load())
    messages = [*examples()]
    if not untried:
        report(tried(messages, meanings))
    WEIGHTS.write_bytes(weights_of(messages, meanings).tobytes())
    MADE_OF.write_text(made_of() + "\n", "utf-8")


if __name__ == "__main__":
    main()
