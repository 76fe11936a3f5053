"""Words with one slip of the finger in them, read as the words of the lexicons that were meant."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

# Shorter words are too often other words, and so are those whose ends differ.
SHORTEST = 6


class Slips:
    def __init__(self, words: Iterable[str]) -> None:
        self._words = {word for word in words if len(word) >= SHORTEST}
        self._like: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            self._like[_ends(word)].append(word)
            self._like[_jumbled(word)].append(word)

    def mended(self, word: str) -> str | None:
        """What may have been meant instead."""
        return None if word in self._words else next(self.like(word), None)

    def like(self, word: str) -> Iterator[str]:
        """All others that may have been meant, some of them twice."""
        if len(word) < SHORTEST - 1:
            return
        for each in chain(self._like.get(_ends(word), ()), self._like.get(_jumbled(word), ())):
            if each != word and _one_slip(word, each):
                yield each


def _ends(word: str) -> str:
    return word[0] + word[-2:]


def _jumbled(word: str) -> str:
    """Two letters that changed places at the end are no inflection."""
    return word[0] + "".join(sorted(word))


def _one_slip(typed: str, meant: str) -> bool:
    """A letter left out, added or mistaken, or two that changed places."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    start, shorter = 0, min(len(typed), len(meant))
    while start < shorter and typed[start] == meant[start]:
        start += 1
    rest, wanted = typed[start:], meant[start:]
    return (
        rest[1:] == wanted
        or rest == wanted[1:]
        or rest[1:] == wanted[1:]
        or (rest[1::-1] == wanted[:2] and rest[2:] == wanted[2:])
    )
