"""Words with one slip of the finger in them, read as the words of the lexicons that were meant."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

# Shorter words are too often other words, and so are those whose ends differ.
SHORTEST = 6
# Long sentences are dictated or copied: nobody's finger slipped there.
MOST_WORDS = 20


class Slips:
    def __init__(self, words: Iterable[str]) -> None:
        self._words = {word for word in words if len(word) >= SHORTEST}
        self._like: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            self._like[_ends(word)].append(word)
            self._like[_jumbled(word)].append(word)

    def mended(self, words: Sequence[str]) -> dict[int, str]:
        """By place: what may have been meant there instead."""
        if len(words) > MOST_WORDS:
            return {}
        return {
            place: meant
            for place, word in enumerate(words)
            if len(word) >= SHORTEST - 1 and (meant := self._meant(word)) is not None
        }

    def _meant(self, word: str) -> str | None:
        if word in self._words:
            return None
        like = chain(self._like.get(_ends(word), ()), self._like.get(_jumbled(word), ()))
        return next((each for each in like if _one_slip(word, each)), None)


def _ends(word: str) -> str:
    return word[0] + word[-2:]


def _jumbled(word: str) -> str:
    """Two letters that changed places at the end are no inflection."""
    return word[0] + "".join(sorted(word))


def _one_slip(typed: str, meant: str) -> bool:
    """A letter left out, added or mistaken, or two that changed places."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest, wanted = typed[start:], meant[start:]
    return (
        rest[1:] == wanted
        or rest == wanted[1:]
        or rest[1:] == wanted[1:]
        or (rest[1::-1] == wanted[:2] and rest[2:] == wanted[2:])
    )
