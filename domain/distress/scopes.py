"""What surrounds words of distress can lower them, never silence them: a question remains.

Nothing reaches beyond its own sentence, so that what a person adds later takes nothing back.
"""

from collections.abc import Iterable, Iterator, Sequence

from domain.distress.index import Match
from domain.distress.lexicon import Rule, Scope
from domain.distress.text import Words
from storage.kinds import Severity

# Told of oneself: a named other before it, or quotation marks around it, mean somebody else.
# Threats and violence are quoted and told of others by the very people who are in danger.
TOLD_OF_ONESELF = {"suicide", "self-harm", "hopeless"}
NEARBY = 3
TO_A_QUESTION = {Scope.NEGATION, Scope.IDIOM, Scope.PAST, Scope.FICTION}
QUOTATION = "quotation"


def lowered(
    rule: Rule, hit: Match, scopes: Sequence[Match], message: Words
) -> tuple[Severity, tuple[str, ...]]:
    around = tuple(dict.fromkeys(_around(rule, hit, scopes, message)))
    severity = rule.severity
    if any(scope in TO_A_QUESTION for scope in around):
        severity = Severity.NONE
    for _ in around:
        severity = severity.one_step_lower
    return severity, around


def _around(rule: Rule, hit: Match, scopes: Iterable[Match], message: Words) -> Iterator[str]:
    sentence = message.sentences[hit.start]
    near = [scope for scope in scopes if message.sentences[scope.start] == sentence]
    kinds = {scope.meaning for scope in near if not set(scope.places) & set(hit.places)}
    happening = Scope.PRESENT in kinds and Scope.RESOLVED not in kinds
    for kind in (Scope.PAST, Scope.FICTION):
        if kind in kinds and not happening:
            yield kind
    if Scope.LAUGHTER in kinds:
        yield Scope.LAUGHTER
    for scope in near:
        if scope.meaning is Scope.NEGATION and _negates(scope, hit, message):
            yield Scope.NEGATION
        if scope.meaning is Scope.IDIOM and set(scope.places) & set(hit.places):
            yield Scope.IDIOM
    if rule.category in TOLD_OF_ONESELF:
        if any(scope.meaning is Scope.THIRD_PERSON and _leads(scope, hit) for scope in near):
            yield Scope.THIRD_PERSON
        if all(message.quoted[place] for place in hit.places):
            yield QUOTATION


def _negates(scope: Match, hit: Match, message: Words) -> bool:
    # "ma" denies in Darija and is "my" in French.
    if scope.language != hit.language or message.clauses[scope.start] != message.clauses[hit.start]:
        return False
    in_a_gap = hit.start < scope.start < hit.end and not set(scope.places) & set(hit.places)
    return in_a_gap or scope.end == hit.start


def _leads(scope: Match, hit: Match) -> bool:
    return 0 <= hit.start - scope.end <= NEARBY
