from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from importlib.resources import files
from math import inf
from typing import Self

from domain.distress.assessment import Assessment, Evidence
from domain.distress.concepts import Concepts
from domain.distress.index import Match, indexes_of
from domain.distress.lexicon import Entry, Rule, load_entries
from domain.distress.likeness import Like, Likeness, Meanings
from domain.distress.own import Own
from domain.distress.report import Report
from domain.distress.scopes import Surroundings
from domain.distress.spans import spans_of
from domain.distress.strongest import strongest_words
from domain.distress.text import Words, words_of
from domain.distress.topics import Topics
from storage.kinds import Severity

RECENT_MESSAGES = 2
VERSION_DIGITS = 8
# From which likeness on: chosen where examples that it was not trained on were rarely harmless.
LIKE_DISTRESS, LIKE_DISTRESS_ALL_THE_SAME, LIKE_A_QUESTION = 2.0, 3.5, 0.5
LIKE_EMERGENCY, LIKE_EMERGENCY_AMID_DISTRESS, LIKE_EMERGENCY_OF_NOBODY = 3.0, 0.7, 2.6
# In longer ones there is a little of everything.
LONGEST_EMERGENCY = 28  # Words.
# And where a rule has asked, or has signalled something urgent, already.
LIKE_DISTRESS_BESIDE_A_RULE, LIKE_EMERGENCY_BESIDE_AN_URGENT_SIGNAL = 1.2, -1.0
LIKENESS = "likeness.words"
# Where Arabic is spelled in Latin letters, digits stand for some; a code has more of them.
MOST_DIGITS = 2
Heard = tuple[Severity, tuple[str, ...]]


class Watch:
    """Looks for distress in a message, in every language at once.

    Which language a text is in is never guessed first: short messages fool such guesses.
    """

    def __init__(self, entries: Iterable[Entry], likeness: Likeness, version: str = "") -> None:
        self._likeness, self._version = likeness, version
        self._indexes = indexes_of(entries)

    @classmethod
    @cache
    def load(cls) -> Self:
        """Read the lexicons that come with Wayhome: done once."""
        entries = [*load_entries()]
        likeness = Likeness.load(Meanings(Topics(entries), Concepts.load()))
        made_of = files("domain.distress").joinpath("likeness.made-of").read_text("ascii")
        return cls(entries, likeness, made_of[:VERSION_DIGITS])

    def assess(self, text: str, recent: Sequence[str] = (), own: Own | None = None) -> Assessment:
        """Judge one message. Pure, and never raises whatever the string holds.

        `recent` are the same person's messages just before it, oldest first: what they began and
        this one ends is heard too, and they never make this one count for less. `own` is what the
        person's organisation listens for besides.
        """
        found = self._alone(words_of(text), own)
        before = " ".join(recent[-RECENT_MESSAGES:])
        if before:
            beyond, together = len(words_of(before).words), words_of(f"{before} {text}")
            found += self._heard(together, self._report(together), own, across=beyond)[0]
        found.sort(key=lambda each: -each[0].rank)
        severity = found[0][0] if found else Severity.NONE
        reasons = dict.fromkeys(code for _, codes in found for code in codes)
        asks = bool(found) and severity is Severity.NONE
        version = f"{self._version}+{own.version}" if own else self._version
        return Assessment(severity, asks, tuple(reasons), version)

    def line(self, key: str) -> Entry | None:
        """The line of a lexicon that has this key."""
        entries = (entry for index in self._indexes for entry in index.entries)
        return next((each for each in entries if each.key == key), None)

    def lines_in(self, text: str) -> list[Entry]:
        """The lines of the lexicons that speak of distress there, whatever stands around it."""
        message = words_of(text)
        matches = (match for index in self._indexes for match in index.search(message))
        return [*dict.fromkeys(each.entry for each in matches if isinstance(each.meaning, Rule))]

    def evidence(self, text: str, own: Own | None = None) -> list[Evidence]:
        """What it was heard by, as it was typed: rules by their words, likeness by those that it
        would be least without.
        """
        message, spans = words_of(text), spans_of(text)
        matches = self._matches(message, own)
        surroundings = Surroundings(matches, message)
        found = [
            Evidence(text[spans[hit.start][0] : spans[hit.end - 1][1]], hit.meaning.code)
            for hit in matches
            if spans
            and isinstance(hit.meaning, Rule)
            and surroundings.lowered(hit.meaning, hit) is not None
        ]
        for severity, codes in self._alone(message, own):
            if spans and codes == (LIKENESS,):
                words = strongest_words(text, spans, partial(self._like, severity))
                found.append(Evidence(words, LIKENESS))
        return [*dict.fromkeys(found)]

    def _like(self, severity: Severity, text: str) -> float:
        """How like an emergency it is, or else like any distress."""
        like = self._likeness.of(words_of(text))
        return like.emergency if severity is Severity.EMERGENCY else like.distress

    def _alone(self, message: Words, own: Own | None) -> list[Heard]:
        """What rules and likeness make of it without what was said before."""
        report = self._report(message)
        found, meant_otherwise = self._heard(message, report, own)
        if _says_something(message):
            found += self._like_distress(message, report, found, meant_otherwise)
        return found

    def _matches(self, message: Words, own: Own | None) -> list[Match]:
        indexes = [*self._indexes, *own.indexes] if own else self._indexes
        matches = [match for index in indexes for match in index.search(message)]
        if own and own.muted:
            return [match for match in matches if match.entry.key not in own.muted]
        return matches

    def _report(self, message: Words) -> Report:
        return Report(message, self._likeness.meanings.concepts)

    def _heard(
        self, message: Words, report: Report, own: Own | None, across: int = 0
    ) -> tuple[list[Heard], bool]:
        """What the rules hear, and whether something around it made any of it mean less.

        `across`: only what begins before that word and ends behind it.
        """
        matches = self._matches(message, own)
        surroundings = Surroundings(matches, message)
        heard, meant_otherwise = [], False
        for hit in matches:
            if isinstance(hit.meaning, Rule) and (not across or hit.start < across < hit.end):
                lowered = surroundings.lowered(hit.meaning, hit)
                if lowered is None:
                    meant_otherwise = True
                    continue
                severity, around = report.lowered(hit.start, *lowered)
                meant_otherwise |= bool(around)
                heard.append((severity, (hit.meaning.code, *(f"scope.{each}" for each in around))))
        return heard, meant_otherwise

    def _like_distress(
        self, message: Words, report: Report, by_rules: Sequence[Heard], meant_otherwise: bool
    ) -> Iterator[Heard]:
        """What its likeness makes of it: more easily so where a rule has spoken, less so where
        words mean something else than they say, which letters know nothing of.
        """
        likeness = self._likeness.of(message)
        if meant_otherwise:
            alarming = LIKE_DISTRESS_ALL_THE_SAME
        else:
            alarming = LIKE_DISTRESS_BESIDE_A_RULE if by_rules else LIKE_DISTRESS
        grave = any(severity.rank > Severity.CONCERN.rank for severity, _ in by_rules)
        sure = _sure_of_emergency(message, report, likeness, grave)
        if likeness.emergency >= sure and not meant_otherwise:
            yield Severity.EMERGENCY, (LIKENESS,)
        elif likeness.distress >= alarming:
            yield Severity.CONCERN, (LIKENESS,)
        elif likeness.distress >= LIKE_A_QUESTION:
            yield Severity.NONE, (LIKENESS,)


def _sure_of_emergency(message: Words, report: Report, likeness: Like, grave: bool) -> float:
    """How like an emergency it must be to be one; `grave`: a rule has called it urgent already."""
    if grave:
        return LIKE_EMERGENCY_BESIDE_AN_URGENT_SIGNAL
    if len(message.words) > LONGEST_EMERGENCY or report.is_all or message.mostly_quoted:
        return inf
    if likeness.distress < LIKE_DISTRESS:
        return LIKE_EMERGENCY
    return LIKE_EMERGENCY_OF_NOBODY if report.nobody_speaks else LIKE_EMERGENCY_AMID_DISTRESS


def _says_something(message: Words) -> bool:
    """A number, a code, a single word and signs are like nothing; the rules know which is meant."""
    words = {word for word in message.words if len(word) > 2}
    return sum(sum(map(str.isdigit, word)) <= MOST_DIGITS for word in words) > 1
