"""How the lines of the lexicons fared among the example messages, and what that proves of them."""

from collections import Counter
from collections.abc import Iterable, Iterator

from domain.distress.lexicon import Entry, Rule
from domain.distress.proven import name_of
from domain.distress.reading import Reading
from storage.kinds import Severity

# Chosen with the authors left out of whose messages they were tried on: decision 0043.
FEWEST, ENOUGH = 5, 0.95
GRAVE, DISTRESS = "EU", "EUC"
# Who asks for a human or the police, or is a child, is believed without. Cries for help are, too,
# unless so many messages show that the line is said for much else: "Help! Which form?" (decision
# 0092).
BELIEVED = {"human-request", "police-request", "minor"}
CRIES = {"police-request.police", "human-request.distress-signal"}
DOUBTING, DOUBTFUL = 5, 0.65
SIGNALS = {severity for severity in Severity if severity is not Severity.NONE}


class Records:
    """By labels: the first letters of severities, N for none."""

    def __init__(self, read: Iterable[tuple[str, Reading]]) -> None:
        self._heard: dict[str, Counter[str]] = {}
        for label, reading in read:
            # What something around it took back fared as it should.
            heard = {hit.match.entry.key for hit in reading.hits if hit.severity in SIGNALS}
            for key in heard:
                self._heard.setdefault(key, Counter())[label] += 1

    def proven(self, entries: Iterable[Entry]) -> Iterator[tuple[str, Severity]]:
        """The names of those that speak for themselves, and what they are at most."""
        for entry in entries:
            if isinstance(entry.meaning, Rule) and entry.meaning.severity in SIGNALS:
                most = self._most(entry, entry.meaning)
                if most in SIGNALS:
                    yield name_of(entry), most

    def _most(self, entry: Entry, rule: Rule) -> Severity:
        heard = self._heard.get(entry.key, Counter())
        if rule.category in BELIEVED and not (rule.code in CRIES and _is_doubtful(heard)):
            return rule.severity
        if _bear_out(GRAVE, heard):
            return rule.severity
        return Severity.CONCERN if _bear_out(DISTRESS, heard) else Severity.NONE


def _is_doubtful(heard: Counter[str]) -> bool:
    return heard.total() >= DOUBTING and _right(GRAVE, heard) < DOUBTFUL * heard.total()


def _bear_out(labels: str, heard: Counter[str]) -> bool:
    right = _right(labels, heard)
    return right >= FEWEST and right >= ENOUGH * heard.total()


def _right(labels: str, heard: Counter[str]) -> int:
    return sum(heard[label] for label in labels)
