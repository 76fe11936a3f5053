"""What a single word says by itself, worked out once and not in every message.

The words that came up last are kept in the memory of the process and nowhere else: single words,
apart from what was said with them, when, and by whom.
"""

from collections.abc import Callable
from typing import TypeVar

REMEMBERED = 8_000  # Some 15 MB.
# No language's word is longer; a flood of what is would fill the memory.
LONGEST = 40
_Said = TypeVar("_Said")


def by_word(look: Callable[[str], _Said], most: int = REMEMBERED) -> Callable[[str], _Said]:
    """The same look, which remembers; nobody may change what it gives."""
    return _Remembered(look, most).__getitem__


class _Remembered(dict[str, _Said]):
    """In two halves, of which the older goes when the newer is full: so a word that is there costs
    one look into a dictionary, and nobody keeps count of which came up last.
    """

    def __init__(self, look: Callable[[str], _Said], most: int) -> None:
        self._look, self._half = look, most // 2
        self._older: dict[str, _Said] = {}

    def __missing__(self, word: str) -> _Said:
        said = self._older[word] if word in self._older else self._look(word)
        if len(word) <= LONGEST:
            if len(self) >= self._half:
                self._older = dict(self)
                self.clear()
            self[word] = said
        return said
