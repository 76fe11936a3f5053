"""The watch: what rules and likeness together make of a message (docs/distress.md)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from itertools import chain, starmap
from operator import attrgetter
from typing import NamedTuple, Self

from domain.distress.assessment import Assessment, Evidence
from domain.distress.concepts import Concepts
from domain.distress.ear import Later, Said
from domain.distress.index import indexes_of
from domain.distress.lexicon import Entry, load_entries
from domain.distress.likeness import LONGEST, Like, Likeness
from domain.distress.own import OWN, Own
from domain.distress.proven import Proven
from domain.distress.reading import Hit, Reading, read
from domain.distress.spans import spans_of
from domain.distress.strongest import strongest_words
from domain.distress.text import Words, words_of
from domain.distress.topics import Topics
from domain.distress.versions import version_of
from storage.kinds import Severity

#: So many earlier messages of the chat are read together with the new one.
RECENT_MESSAGES = 2
#: The reason of what no rule heard.
LIKENESS = "likeness.words"
#: In messages of more words than these there is a little of everything.
LONG = 28
#: A line that is not proven is held against so many words on either side of it, in so many looks
#: at one message; further lines count as they are.
NEIGHBOURS, MOST_LOOKS = 8, 20
#: Among at most so many words for each of its own, a line stands alone, and nothing need agree.
ALONE = 3
#: The words around a line agree with it where they are so much like any distress, or like what is
#: urgent.
AGREEING, URGENTLY = 5.5, 9.0
#: The same for the words of its clause, where it stands alone among them.
BY_THEMSELVES, URGENT_BY_THEMSELVES = 3.5, 6.5
#: Of so many words likeness knows enough to keep a question from being asked.
MANY = 12
#: The rule whose words may be about anything: a bus at night, a form.
ANYTHING = "danger.words"
#: Where Arabic is spelled in Latin letters, digits stand for some. What has more of them, or is
#: longer, is a code and no word.
MOST_DIGITS, LONGEST_WITH_DIGITS = 2, 12
#: Of what is so much less like distress than what is asked about, hardly anything that the model of
#: sentences says makes a question.
REACH = 4.5
Heard = tuple[Severity, tuple[str, ...]]

rank = attrgetter("rank")


class Bars(NamedTuple):
    """From which likeness on a message is a concern, urgent or an emergency by likeness alone."""

    concern: float
    urgent: float
    emergency: float


class Judging(NamedTuple):
    """The bars of each kind of message, and from which likeness on a question is asked (decision
    0060). Emergencies are always asked about, whatever the likeness.
    """

    usual: Bars
    #: A long story that somebody tells of themselves.
    told: Bars
    #: News and quotations.
    passed_on: Bars
    #: A few words in which nobody says I, we or you.
    of_nobody: Bars
    #: Fewer than MANY words are asked about from here on though no rule heard anything.
    asked_about: float
    #: So are many words; and below it nothing is asked in them that a rule would only ask about.
    far: float
    #: Below it no line asks that is not proven; nor, in a few words, the rule ANYTHING.
    very_far: float


# Chosen on messages that were not learned from: decisions 0058 to 0062, 0066, 0091, 0092 and 0098
# to 0102.
JUDGING = Judging(
    usual=Bars(concern=7.0, urgent=14.0, emergency=9.5),
    told=Bars(concern=7.0, urgent=13.0, emergency=3.0),
    passed_on=Bars(concern=7.0, urgent=13.0, emergency=11.5),
    of_nobody=Bars(concern=6.0, urgent=30.0, emergency=13.5),
    asked_about=0.0,
    far=-7.0,
    very_far=-10.0,
)


class Watch:
    """Looks for distress in a message, in every language at once.

    Which language a text is in is never guessed first: short messages fool such guesses.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        concepts: Concepts,
        proven: Proven,
        likeness: Likeness,
        version: str = "",
    ) -> None:
        self._concepts = concepts
        self._proven, self._likeness, self._version = proven, likeness, version
        self._indexes = indexes_of(entries)

    @classmethod
    @cache
    def load(cls) -> Self:
        """Read the lexicons that come with Wayhome: done once."""
        entries = [*load_entries()]
        likeness = Likeness.load(Topics(entries))
        version = version_of(files("domain.distress"))
        return cls(entries, Concepts.load(), Proven.load(), likeness, version)

    def assess(self, text: str, recent: Sequence[str] = (), own: Own | None = None) -> Assessment:
        """Judge one message. Pure, and never raises whatever the string holds.

        `recent` are the same person's messages just before it, oldest first: what they began and
        this one ends is heard too, and they never make this one count for less. `own` is what the
        person's organisation listens for besides.
        """
        found = [*self._alone(self._read(words_of(text), own))]
        before = " ".join(recent[-RECENT_MESSAGES:])
        if before:
            together = self._read(words_of(f"{before} {text}"), own)
            found += self._across(len(words_of(before).words), together)
        found.sort(key=lambda each: -each[0].rank)
        severity = found[0][0] if found else Severity.NONE
        # Each with the scopes that lowered it, so that it can be told what was heard in full.
        reasons = chain.from_iterable(dict.fromkeys(codes for _, codes in found))
        asks = bool(found) and severity is Severity.NONE
        version = f"{self._version}+{own.version}" if own else self._version
        return Assessment(severity, asks, tuple(reasons), version)

    async def hear(
        self, text: str, recent: Sequence[str] = (), own: Own | None = None
    ) -> Assessment:
        return self.assess(text, recent, own)

    def begin(self, said: Sequence[Said]) -> Mapping[Said, Later]:
        """Nothing: it reads when it is asked."""
        return {}

    @property
    def version(self) -> str:
        """Of what it judges by, whatever an organisation adds."""
        return self._version

    def line(self, key: str) -> Entry | None:
        """The line of a lexicon that has this key."""
        entries = (entry for index in self._indexes for entry in index.entries)
        return next((each for each in entries if each.key == key), None)

    def lines_in(self, text: str) -> list[Entry]:
        """The lines of the lexicons that speak of distress there, whatever stands around it."""
        entries = [hit.match.entry for hit in self._read(words_of(text)).hits]
        return [*{entry.key: entry for entry in entries}.values()]

    def evidence(self, text: str, own: Own | None = None) -> list[Evidence]:
        """What it was heard by, as it was typed, the gravest first: rules by their words, likeness
        by those that it would be least without. Takes some tenths of a second for a long message.
        """
        reading, spans = self._read(words_of(text), own), spans_of(text)
        found = [
            (severity, Evidence(text[spans[match.start][0] : spans[match.end - 1][1]], rule.code))
            for match, rule, severity, _ in reading.hits
            if spans and severity is not None
        ]
        for severity, codes in self._alone(reading):
            if spans and codes == (LIKENESS,):
                words = strongest_words(text, spans[:LONGEST], partial(self._like, severity))
                found.append((severity, Evidence(words, LIKENESS)))
        found.sort(key=lambda each: -each[0].rank)
        return [*dict.fromkeys(evidence for _, evidence in found)]

    def _read(self, message: Words, own: Own | None = None) -> Reading:
        return read(message, self._indexes, self._concepts, own)

    def _like(self, severity: Severity, text: str) -> float:
        """How like one of that severity it is, or else like any distress."""
        like = self._likeness.of(self._read(words_of(text)))
        if severity is Severity.EMERGENCY:
            return like.emergency
        return like.urgent if severity is Severity.URGENT else like.distress

    def _alone(self, reading: Reading) -> Iterator[Heard]:
        """What rules and likeness make of it without what was said before."""
        ruled = [*self._ruled(reading.message, reading.hits)]
        if not _says_something(reading.message):
            yield from starmap(_told, ruled)
            return
        asked_about = JUDGING.far if _has_many(reading) else JUDGING.asked_about
        is_settled = any(severity is Severity.EMERGENCY for _, severity in ruled)
        if is_settled:
            like = self._likeness.of(reading)
        else:
            like = self._likeness.in_full(reading, asked_about - REACH)
        for hit, severity in ruled:
            if severity is not Severity.NONE or self._is_asked(hit, reading, like):
                yield _told(hit, severity)
        by_likeness = _by_likeness(like, _bars(reading), asked_about)
        if by_likeness is not None:
            yield by_likeness, (LIKENESS,)

    def _across(self, beyond: int, together: Reading) -> Iterator[Heard]:
        """What begins before that word and ends behind it."""
        across = [hit for hit in together.hits if hit.match.start < beyond < hit.match.end]
        yield from starmap(_told, self._ruled(together.message, across))

    def _ruled(self, message: Words, hits: Iterable[Hit]) -> Iterator[tuple[Hit, Severity]]:
        """How grave each is. A line that is not proven is as grave as it says where likeness agrees
        by the words around it, so that nothing said beside them takes it back; and where there are
        too many to look at.
        """
        looks = 0
        for hit in hits:
            if hit.severity is not None:
                most = self._proven.gravest(hit.match.entry)
                if most.rank < hit.severity.rank:
                    looks += 1
                    if looks > MOST_LOOKS or self._agrees(message, hit):
                        most = hit.severity
                yield hit, min(hit.severity, most, key=rank)

    def _is_asked(self, hit: Hit, reading: Reading, like: Like) -> bool:
        """Whether a question is left of it in a message that is so much like distress. Of an
        emergency there always is, of what an organisation listens for itself, and in a few words of
        all that they only ask about by name.
        """
        must = hit.rule.severity is Severity.EMERGENCY or hit.rule.name.startswith(OWN)
        if must:
            return True
        is_question = hit.severity is Severity.NONE
        if is_question and _has_many(reading):
            return like.together >= JUDGING.far
        by_name = is_question and hit.rule.code != ANYTHING
        return by_name or like.together >= JUDGING.very_far

    def _agrees(self, message: Words, hit: Hit) -> bool:
        """Whether the words around it are like distress, or are hardly any; or the words of its
        clause, since whoever cries for help may ask for something else as well.
        """
        match = hit.match
        alone = ALONE * len(match.places)
        near = message.near(match.start, match.end, NEIGHBOURS)
        if len(near) <= alone or self._is_like(near, AGREEING, URGENTLY):
            return True
        clause = message.clause(match.start, match.end)
        return len(clause) <= alone and self._is_like(clause, BY_THEMSELVES, URGENT_BY_THEMSELVES)

    def _is_like(self, words: Sequence[str], distress: float, urgent: float) -> bool:
        like = self._likeness.of(self._read(words_of(" ".join(words))))
        return like.distress >= distress or like.urgent >= urgent


def _told(hit: Hit, severity: Severity) -> Heard:
    return severity, (hit.rule.code, *(f"scope.{each}" for each in hit.around))


def _by_likeness(like: Like, bars: Bars, asked_about: float) -> Severity | None:
    """None where there is not even a question."""
    if like.emergency >= bars.emergency:
        return Severity.EMERGENCY
    if like.urgent >= bars.urgent:
        return Severity.URGENT
    if like.distress >= bars.concern:
        return Severity.CONCERN
    return Severity.NONE if like.together >= asked_about else None


def _bars(reading: Reading) -> Bars:
    message, report = reading.message, reading.report
    if message.mostly_quoted or report.is_all:
        return JUDGING.passed_on
    if report.nobody_speaks:
        return JUDGING.of_nobody
    return JUDGING.told if len(message.words) > LONG else JUDGING.usual


def _has_many(reading: Reading) -> bool:
    return len(reading.message.words) >= MANY


def _says_something(message: Words) -> bool:
    """A number, a code, a single word and signs are like nothing; the rules know which is meant."""
    return sum(map(_is_word, {word for word in message.words if len(word) > 2})) > 1


def _is_word(word: str) -> bool:
    digits = sum(map(str.isdigit, word))
    return not digits or (digits <= MOST_DIGITS and len(word) <= LONGEST_WITH_DIGITS)
