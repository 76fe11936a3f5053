"""Lines of the lexicons that harmless people's words contain as well.

Such a line is a concern or a question until likeness agrees with it. Which they are is counted on
the example messages (`python -m benchmarks.training`); what an organisation listens for itself is
never in doubt.
"""

from collections.abc import Mapping, Set
from hashlib import sha256
from importlib.resources import files
from typing import Self

from domain.distress.lexicon import Entry
from storage.kinds import Severity

FILE = "doubtful.txt"
_DIGITS = 10


class Doubts:
    def __init__(self, most: Mapping[str, Severity]) -> None:
        """`most`: what a line may be at most by itself, by its `name_of`."""
        self._most = most

    @classmethod
    def load(cls) -> Self:
        written = files("domain.distress").joinpath(FILE).read_text("ascii")
        lines = (line.split() for line in written.splitlines())
        return cls({name: Severity(severity) for name, severity in lines})

    @property
    def names(self) -> Set[str]:
        return self._most.keys()

    def gravest_alone(self, entry: Entry) -> Severity:
        return self._most.get(name_of(entry), Severity.EMERGENCY)


def name_of(entry: Entry) -> str:
    """Short, since there are thousands, and lines are long."""
    return sha256(entry.key.encode()).hexdigest()[:_DIGITS]
