"""How the lines of the lexicons fared among the example messages, and which are doubtful for it."""

from collections import Counter
from collections.abc import Iterable, Iterator

from domain.distress.doubts import name_of
from domain.distress.lexicon import Entry, Rule
from domain.distress.reading import Reading
from storage.kinds import Severity

# Chosen with the authors left out of whose messages it was tried on: decision 0043.
ENOUGH, HALFWAY = 0.95, 0.85
GRAVE, DISTRESS = "EU", "EUC"
# Who asks for a human or the police, or is a child, is never doubted.
BELIEVED = {"human-request", "police-request", "minor"}


class Records:
    """By labels: the first letters of severities, N for none."""

    def __init__(self, read: Iterable[tuple[str, Reading]]) -> None:
        self._heard: dict[str, Counter[str]] = {}
        for label, reading in read:
            # What something around it took back fared as it should.
            for key in {hit.match.entry.key for hit in reading.hits if _counts(hit.severity)}:
                self._heard.setdefault(key, Counter())[label] += 1

    def doubtful(self, entries: Iterable[Entry]) -> Iterator[tuple[str, Severity]]:
        """The names of those that are less by themselves than they say, and what they are."""
        for entry in entries:
            if isinstance(entry.meaning, Rule) and entry.meaning.category not in BELIEVED:
                most = self._most(entry, entry.meaning.severity)
                if most.rank < entry.meaning.severity.rank:
                    yield name_of(entry), most

    def _most(self, entry: Entry, severity: Severity) -> Severity:
        heard = self._heard.get(entry.key, Counter())
        if _share(DISTRESS, heard) < (ENOUGH if severity is Severity.CONCERN else HALFWAY):
            return Severity.NONE
        return severity if _share(GRAVE, heard) > ENOUGH else Severity.CONCERN


def _counts(severity: Severity | None) -> bool:
    return severity is not None and severity is not Severity.NONE


def _share(labels: str, heard: Counter[str]) -> float:
    """Of the messages in which it was heard, and of one more in which it was right."""
    return (1 + sum(heard[label] for label in labels)) / (1 + heard.total())
