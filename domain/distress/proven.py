"""Which lines of the lexicons the example messages have proven.

Harmless people use most words of distress, too. So amid other words a line speaks for itself only
where enough messages bore it out; before that it asks, until likeness agrees with it.
`python -m benchmarks.training` counts them. What an organisation listens for itself needs no proof,
nor does who asks for a human or says to be a child, nor a cry for help unless they doubt it.
"""

from collections.abc import Mapping, Set
from hashlib import sha256
from importlib.resources import files
from typing import Self

from domain.distress.lexicon import Entry, Rule
from domain.distress.own import OWN
from storage.kinds import Severity

FILE = "proven.txt"
_DIGITS = 10


class Proven:
    def __init__(self, most: Mapping[str, Severity]) -> None:
        """`most`: how grave a line is known to be by itself, by its `name_of`."""
        self._most = most

    @classmethod
    def load(cls) -> Self:
        written = files("domain.distress").joinpath(FILE).read_text("ascii")
        lines = (line.split() for line in written.splitlines())
        return cls({name: Severity(severity) for name, severity in lines})

    @property
    def names(self) -> Set[str]:
        return self._most.keys()

    def gravest(self, entry: Entry) -> Severity:
        """What it may be at most amid words that are not like distress."""
        if isinstance(entry.meaning, Rule) and entry.meaning.name.startswith(OWN):
            return entry.meaning.severity
        return self._most.get(name_of(entry), Severity.NONE)


def name_of(entry: Entry) -> str:
    """Short, since there are thousands, and lines are long."""
    return sha256(entry.key.encode()).hexdigest()[:_DIGITS]
