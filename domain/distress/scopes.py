"""What surrounds words of distress can lower them; of an emergency a question remains always.

Nothing reaches beyond its own sentence, so that what a person adds later takes nothing back.
"""

from collections.abc import Iterable, Iterator, Sequence

from domain.distress.concepts import Concepts
from domain.distress.index import Match
from domain.distress.lexicon import Rule, Scope
from domain.distress.text import Words
from storage.kinds import Severity

# Told of oneself: a named other before it, or quotation marks around it, mean somebody else.
# Threats and violence are quoted and told of others by the very people who are in danger.
TOLD_OF_ONESELF = {"suicide", "self-harm", "hopeless"}
# Who asks for somebody asks now, whatever they tell of the past.
ASKED_FOR_NOW = {"human-request", "police-request"}
ONESELF = "me"
NEARBY = 3
TO_A_QUESTION = {Scope.NEGATION, Scope.IDIOM, Scope.PAST, Scope.FICTION}
SETTLING: set[str] = {Scope.NEGATION, Scope.IDIOM}
# "Not a joke" is none, and what is "not over" happens still.
DENIABLE = {Scope.FICTION, Scope.RESOLVED}
QUOTATION = "quotation"
ANY = "any"
# Languages of which one's words are often the other's, or are typed in one breath with them.
NEIGHBOURS = ({"ar", "ary"}, {"ary", "fr"}, {"es", "fr", "it", "pt"}, {"ru", "uk"})

DENYING_ALIKE = ({"ar", "ary"}, {"ru", "uk"})


class Surroundings:
    """The scopes of a message by where they stand, so that a hit meets only those around it."""

    def __init__(self, matches: Iterable[Match], message: Words, concepts: Concepts) -> None:
        self._message, self._concepts = message, concepts
        self._scopes = [match for match in matches if isinstance(match.meaning, Scope)]
        self._at: dict[int, list[int]] = {}
        for number, scope in enumerate(self._scopes):
            for place in scope.places:
                self._at.setdefault(place, []).append(number)
        #: By sentence, kind and language, without those that are denied.
        self._told: dict[tuple[int, Scope], dict[str, list[Match]]] = {}
        for scope in self._scopes:
            if isinstance(scope.meaning, Scope) and not self._is_denied(scope):
                kind = message.sentences[scope.start], scope.meaning
                self._told.setdefault(kind, {}).setdefault(scope.language, []).append(scope)

    def lowered(self, rule: Rule, hit: Match) -> tuple[Severity, tuple[str, ...]] | None:
        """None where nothing is left to ask about."""
        around = tuple(dict.fromkeys(self._around(rule, hit)))
        severity = rule.severity
        if _settled(severity, around):
            return None
        if any(scope in TO_A_QUESTION for scope in around):
            severity = Severity.NONE
        for _ in around:
            severity = severity.one_step_lower
        return severity, around

    def _around(self, rule: Rule, hit: Match) -> Iterator[str]:
        happening = self._tells(Scope.PRESENT, hit) and not self._tells(Scope.RESOLVED, hit)
        now = rule.category in ASKED_FOR_NOW
        if not happening and not now and self._tells(Scope.PAST, hit):
            yield Scope.PAST
        if not happening and self._tells(Scope.FICTION, hit):
            yield Scope.FICTION
        if self._tells(Scope.LAUGHTER, hit):
            yield Scope.LAUGHTER
        beside = self._beside(hit)
        negations = (scope for scope in beside if scope.meaning is Scope.NEGATION)
        if any(self._negates(scope, hit) for scope in negations) or self._is_answered_no(hit):
            yield Scope.NEGATION
        idioms = (scope for scope in beside if scope.meaning is Scope.IDIOM)
        if not all(_apart(scope, hit) for scope in idioms):
            yield Scope.IDIOM
        if rule.category in TOLD_OF_ONESELF:
            others = (scope for scope in beside if scope.meaning is Scope.THIRD_PERSON)
            if any(self._leads(scope, hit) for scope in others):
                yield Scope.THIRD_PERSON
            if all(self._message.quoted[place] for place in hit.places):
                yield QUOTATION

    def _tells(self, kind: Scope, hit: Match) -> bool:
        """Whether the hit's sentence has such words besides the hit's own."""
        told = self._told.get((self._message.sentences[hit.start], kind), {})
        return any(
            _apart(scope, hit)
            for language, scopes in told.items()
            if _meant(language, hit.language)
            for scope in scopes
        )

    def _is_denied(self, scope: Match) -> bool:
        if scope.meaning not in DENIABLE:
            return False
        near = self._near(scope, 1)
        return any(each.meaning is Scope.NEGATION and self._negates(each, scope) for each in near)

    def _is_answered_no(self, hit: Match) -> bool:
        """As in a form: "thoughts of suicide: none". Whoever says more than no cries for help: "he
        hits me: no one comes".
        """
        scopes = (self._scopes[number] for number in self._at.get(hit.end, ()))
        return any(
            scope.meaning is Scope.NEGATION
            and _meant(scope.language, hit.language)
            and self._message.is_an_answer(scope.start, scope.end)
            for scope in scopes
        )

    def _beside(self, hit: Match) -> list[Match]:
        """The scopes within the hit and just before it, in their order."""
        near = self._near(hit, NEARBY + 1)
        return [scope for scope in near if _meant(scope.language, hit.language)]

    def _near(self, match: Match, before: int) -> list[Match]:
        """The scopes of its sentence within it and so many words before it, in their order."""
        window = range(match.start - before, match.end)
        numbers = {number for place in window for number in self._at.get(place, ())}
        sentence = self._message.sentences[match.start]
        near = (self._scopes[number] for number in sorted(numbers))
        return [scope for scope in near if self._message.sentences[scope.start] == sentence]

    def _leads(self, scope: Match, hit: Match) -> bool:
        """Who says "I" or "me" after it tells of themselves: "he left me want to die"."""
        if not 0 <= hit.start - scope.end <= NEARBY:
            return False
        between = self._message.words[scope.end : hit.end]
        return not any(self._concepts.stands_for(word, ONESELF, hit.language) for word in between)

    def _negates(self, scope: Match, hit: Match) -> bool:
        clauses = self._message.clauses
        if clauses[scope.start] != clauses[hit.start]:
            return False
        # "ma" denies in Darija and is "my" in French.
        if scope.language != hit.language:
            return {scope.language, hit.language} in DENYING_ALIKE and scope.end == hit.start
        in_a_gap = hit.start < scope.start < hit.end and _apart(scope, hit)
        return in_a_gap or scope.end == hit.start


def _settled(severity: Severity, around: Sequence[str]) -> bool:
    """An emergency always leaves a question; lesser words don't, where they are denied or idiom."""
    if severity is Severity.NONE:
        return bool(around)
    return severity is not Severity.EMERGENCY and not SETTLING.isdisjoint(around)


def _meant(scope: str, hit: str) -> bool:
    """What looks or sounds alike is another word elsewhere: a "son" is a dream in Russian, a "chat"
    a cat in French, and "he will kill my son" would be a story.
    """
    both = {scope, hit} - {ANY}
    return len(both) == 1 or any(both <= each for each in NEIGHBOURS)


def _apart(scope: Match, hit: Match) -> bool:
    return set(scope.places).isdisjoint(hit.places)
