"""Messages in company: people who cry for help ask for something else in the same breath."""

import random
from collections.abc import Iterable, Iterator, Sequence

from benchmarks.examples import Example

# Of those that are grave and of those that are not: with as many of each, what stands beside would
# itself seem grave.
GRAVE, HARMLESS = 0.1, 0.2
LINKS = [". ", ", ", "\n", " "]
# Words: of what stands beside, and of what is told.
FEW, MANY = 12, 25
# A page with fewer harmless messages would say the same ones again and again.
FEWEST = 5


def in_company(pages: Iterable[Sequence[Example]]) -> Iterator[Example]:
    """Some messages of each page, with another of it beside them that means nothing."""
    chance = random.Random(7)
    for page in pages:
        harmless = [each.text for each in page if _is_harmless(each) and _words(each.text) <= FEW]
        if len(harmless) < FEWEST:
            continue
        for told in page:
            if chance.random() >= (HARMLESS if _is_harmless(told) else GRAVE):
                continue
            other = chance.choice(harmless)
            if other != told.text and _words(told.text) <= MANY:
                yield told._replace(text=_together(told.text, other, chance))


def _together(told: str, other: str, chance: random.Random) -> str:
    first, second = (told, other) if chance.random() < 1 / 2 else (other, told)
    return first.rstrip(".!? ") + chance.choice(LINKS) + second


def _is_harmless(example: Example) -> bool:
    return example.label == "N"


def _words(text: str) -> int:
    return len(text.split())
