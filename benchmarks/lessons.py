"""Our messages as the model of sentences learns from them, in batches of about the same length."""

import random
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from benchmarks.company import in_company
from benchmarks.examples import examples, pages
from benchmarks.training import KINDS
from domain.distress.likeness import LONGEST
from domain.distress.pieces import Pieces
from domain.distress.text import words_of

# Pieces in a batch, and messages that are sorted by their length together.
AT_ONCE, NEAR = 3_072, 4_000
# Longer messages are learned from as far as this.
PIECES = 128
# Messages with mistakes of typing, and those in company, are more than half of all, and much like
# the others: a third of them each time.
MISTAKES, COMPANY, THIRDS = "mistakes", "company", 3


class Shown(NamedTuple):
    """A message as the model reads it, and for each score whether it is so."""

    author: str
    pieces: list[int]
    right: list[bool]


def lessons(pieces: Pieces) -> list[Shown]:
    return [
        Shown(
            each.author,
            pieces.of(words_of(each.text).words[:LONGEST], PIECES),
            [each.label in kind for kind in KINDS],
        )
        for each in chain(
            examples(), (each._replace(author=COMPANY) for each in in_company(pages()))
        )
    ]


def batches(shown: Sequence[Shown], epoch: int) -> list[list[Shown]]:
    """All messages in an order of chance, those about as long together."""
    chance = random.Random(100 + epoch)
    seldom = [each for each in shown if each.author in (MISTAKES, COMPANY)]
    order = [each for each in shown if each.author not in (MISTAKES, COMPANY)]
    order += seldom[epoch % THIRDS :: THIRDS]
    chance.shuffle(order)
    found = []
    for first in range(0, len(order), NEAR):
        near = sorted(order[first : first + NEAR], key=lambda each: len(each.pieces))
        found += [*_filled(near)]
    chance.shuffle(found)
    return found


def _filled(shown: Sequence[Shown]) -> Iterator[list[Shown]]:
    """Of messages that grow longer, so many together as make AT_ONCE pieces."""
    some: list[Shown] = []
    for each in shown:
        if some and len(each.pieces) * (len(some) + 1) > AT_ONCE:
            yield some
            some = []
        some.append(each)
    yield some
