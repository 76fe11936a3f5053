"""Searching by words: folded alike on both sides, each from its beginning, in either alphabet."""

from itertools import starmap

from sqlalchemy import ColumnElement, Float, cast, func, true
from sqlalchemy.dialects.postgresql import REGCONFIG

from domain.directory.folding import bare, fold, romanised
from storage.tables.directory import DirectoryService

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
    asked = words[:MAX_LENGTH]
    pairs = list(zip(fold(asked).split(), bare(asked).split(), strict=True))[:MAX_WORDS]
    telling = [pair for pair in pairs if every or len(pair[0]) >= _TELLING] or pairs
    return (" & " if every else " | ").join(starmap(_spelled, telling))


def _spelled(word: str, bare_word: str) -> str:
    """As it is written, without what is written onto it, and in Latin letters."""
    forms = dict.fromkeys(filter(None, (word, bare_word, romanised(word))))
    return "(" + " | ".join(f"'{form}':*" for form in forms) + ")"


def _parsed(query: str) -> ColumnElement[object]:
    return func.to_tsquery(cast("simple", REGCONFIG), query)
