"""Searching by words: folded alike on both sides, each from its beginning, in either alphabet."""

from sqlalchemy import ColumnElement, Float, cast, func, true
from sqlalchemy.dialects.postgresql import REGCONFIG

from domain.directory.folding import fold, romanised
from storage.directory import DirectoryService

MAX_WORDS = 12
MAX_LENGTH = 200
#: Shorter words begin too many others to be looked for on their own.
_TELLING = 3


def matching(words: str, every: bool) -> ColumnElement[bool]:
    """Services that have every word, or any that tells something."""
    query = _query(words, every)
    return DirectoryService.search.bool_op("@@")(_parsed(query)) if query else true()


def rank(words: str) -> ColumnElement[float]:
    """Higher where more of the words stand in a service's name or categories."""
    query = _query(words, every=False)
    return func.ts_rank(DirectoryService.search, _parsed(query)) if query else cast(0, Float)


def _query(words: str, every: bool) -> str:
    folded = fold(words[:MAX_LENGTH]).split()[:MAX_WORDS]
    telling = [word for word in folded if every or len(word) >= _TELLING] or folded
    return (" & " if every else " | ").join(map(_spelled, telling))


def _spelled(word: str) -> str:
    latin = romanised(word)
    return f"('{word}':* | '{latin}':*)" if latin else f"'{word}':*"


def _parsed(query: str) -> ColumnElement[object]:
    return func.to_tsquery(cast("simple", REGCONFIG), query)
