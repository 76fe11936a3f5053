"""Makes the weights of the watch's sense of likeness from the example messages.

python -m benchmarks.training: prints what it finds in folds that it was not trained on, then
writes domain/distress/likeness.bin. The same messages always make the same file.
"""

import random
from array import array
from collections.abc import Iterable, Iterator, Sequence
from math import exp, sqrt
from pathlib import Path
from typing import NamedTuple

from domain.distress.lexicon import load_entries
from domain.distress.likeness import BUCKETS, SCALE, Likeness, features
from domain.distress.text import words_of
from domain.distress.topics import Topics

MESSAGES = Path(__file__).parent / "messages"
WEIGHTS = Path(__file__).parents[1] / "domain/distress/likeness.bin"
EPOCHS, RATE, DECAY = 25, 0.4, 1e-4
FOLDS = 6


class Example(NamedTuple):
    """`scene` is the same in every language where the same thing is told."""

    language: str
    scene: int
    label: str
    text: str


def examples() -> Iterator[Example]:
    for file in sorted(MESSAGES.glob("*.txt")):
        for scene, line in enumerate(file.read_text("utf-8").splitlines()):
            label, text = line.split(" ", 1)
            yield Example(file.stem, scene, label, text)


def train(messages: Sequence[Example], topics: Topics) -> list[float]:
    """Logistic regression, by steps that shrink where much was learned already."""
    weights, learned = [0.0] * BUCKETS, [1.0] * BUCKETS
    shown = [(features(words_of(each.text), topics), each.label != "N") for each in messages]
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


def tried(messages: Sequence[Example], topics: Topics) -> Iterator[tuple[Example, float]]:
    """Each with its likeness to the others, its own scene left out in every language."""
    for fold in range(FOLDS):
        others = [each for each in messages if each.scene % FOLDS != fold]
        likeness = Likeness(train(others, topics), topics)
        for each in messages:
            if each.scene % FOLDS == fold:
                yield each, likeness.of(words_of(each.text))


def report(scores: Iterable[tuple[Example, float]]) -> None:
    scored = [*scores]
    harmless = sorted((score for each, score in scored if each.label == "N"), reverse=True)
    for share in (0.02, 0.04, 0.08, 0.12, 0.2):
        bar = harmless[int(share * len(harmless))]
        found = {
            label: [score > bar for each, score in scored if each.label == label] for label in "EUC"
        }
        print(f"harmless {share:.0%}: above {bar:.2f}", end="")
        print(*(f" | {label} {sum(hits) / len(hits):.2f}" for label, hits in found.items()))


def weights_of(messages: Sequence[Example], topics: Topics) -> "array[int]":
    trained = train(messages, topics)
    return array("b", [max(-127, min(127, round(weight * SCALE))) for weight in trained])


def main() -> None:
    topics = Topics(load_entries())
    messages = [*examples()]
    report(tried(messages, topics))
    WEIGHTS.write_bytes(weights_of(messages, topics).tobytes())


if __name__ == "__main__":
    main()
