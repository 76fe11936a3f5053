from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from domain.distress.assessment import Assessment
from domain.distress.index import Index
from domain.distress.lexicon import Entry, Rule, load_entries
from domain.distress.likeness import Likeness
from domain.distress.scopes import Surroundings
from domain.distress.text import Words, words_of
from domain.distress.topics import Topics
from domain.distress.views import VIEWS
from storage.kinds import Severity

RECENT_MESSAGES = 2
# From which likeness on: chosen where examples that it was not trained on were rarely harmless.
LIKE_DISTRESS = ((2.2, Severity.CONCERN), (1.2, Severity.NONE))
LIKENESS = "likeness.words"
Heard = tuple[Severity, tuple[str, ...]]


class Watch:
    """Looks for distress in a message, in every language at once.

    Which language a text is in is never guessed first: short messages fool such guesses.
    """

    def __init__(self, entries: Iterable[Entry], likeness: Likeness) -> None:
        self._likeness = likeness
        by_view: dict[str, list[Entry]] = {}
        for entry in entries:
            by_view.setdefault(entry.view, []).append(entry)
        self._indexes = [Index(VIEWS[view], found) for view, found in by_view.items()]

    @classmethod
    def load(cls) -> Self:
        """Read the lexicons that come with Wayhome: done once, at start."""
        entries = [*load_entries()]
        return cls(entries, Likeness.load(Topics(entries)))

    def assess(self, text: str, recent: Sequence[str] = ()) -> Assessment:
        """Judge one message. Pure, and never raises whatever the string holds.

        `recent` are the same person's messages just before it, oldest first: what they began and
        this one ends is heard too, and they never make this one count for less.
        """
        message = words_of(text)
        found = [*self._heard(message, 0)]
        # A number is like nothing, and may answer what was asked; the rules know which is called.
        if not text.strip().isdigit():
            found += self._like_distress(message)
        before = " ".join(recent[-RECENT_MESSAGES:])
        if before:
            found += self._heard(words_of(f"{before} {text}"), len(words_of(before).words))
        found.sort(key=lambda each: -each[0].rank)
        severity = found[0][0] if found else Severity.NONE
        reasons = dict.fromkeys(code for _, codes in found for code in codes)
        return Assessment(severity, bool(found) and severity is Severity.NONE, tuple(reasons))

    def _heard(self, message: Words, beyond: int) -> Iterator[Heard]:
        matches = [match for index in self._indexes for match in index.search(message)]
        surroundings = Surroundings(matches, message)
        for hit in matches:
            if isinstance(hit.meaning, Rule) and hit.end > beyond:
                lowered = surroundings.lowered(hit.meaning, hit)
                if lowered is not None:
                    severity, around = lowered
                    yield severity, (hit.meaning.code, *(f"scope.{scope}" for scope in around))

    def _like_distress(self, message: Words) -> Iterator[Heard]:
        likeness = self._likeness.of(message)
        for enough, severity in LIKE_DISTRESS:
            if likeness >= enough:
                yield severity, (LIKENESS,)
                return
