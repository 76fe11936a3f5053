"""What a single word says by itself, worked out once and not in every message.

The words that came up last are kept in the memory of the process and nowhere else: single words,
apart from what was said with them, when, and by whom.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

REMEMBERED = 8_000  # Some 15 MB.
# No language's word is longer; a flood of what is would fill the memory.
LONGEST = 40
_Said = TypeVar("_Said")


def by_word(look: Callable[[str], _Said], most: int = REMEMBERED) -> Callable[[str], _Said]:
    """The same look, which remembers; nobody may change what it gives."""
    remembered = lru_cache(most)(look)

    def said(word: str) -> _Said:
        return remembered(word) if len(word) <= LONGEST else look(word)

    return said
