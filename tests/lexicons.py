"""The lexicons that come with Wayhome, read once for all tests: it takes a second."""

from collections.abc import Sequence
from functools import cache

from domain.distress.lexicon import Entry, load_entries


@cache
def entries() -> Sequence[Entry]:
    return tuple(load_entries())
