"""A message as the lexicons read it: what they hear in it, and what stands around that."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from domain.distress.concepts import Concepts
from domain.distress.index import Index, Match
from domain.distress.lexicon import Rule, Scope
from domain.distress.own import Own
from domain.distress.report import Report
from domain.distress.scopes import Surroundings
from domain.distress.text import Words
from storage.kinds import Severity


class Hit(NamedTuple):
    """`severity` is what the scopes `around` it leave of the rule's: None is nothing at all."""

    match: Match
    rule: Rule
    severity: Severity | None
    around: tuple[str, ...] = ()


class Reading:
    """`concepts` are those that the message has."""

    def __init__(self, message: Words, matches: Sequence[Match], known: Concepts) -> None:
        self.message, self.concepts = message, known.of(message)
        self.report = Report(message, self.concepts)
        self._matches, self._known = matches, known

    @cached_property
    def hits(self) -> list[Hit]:
        around = Surroundings(self._matches, self.message, self._known)
        rules = [(each, each.meaning) for each in self._matches if isinstance(each.meaning, Rule)]
        return [self._hit(match, rule, around) for match, rule in rules]

    def _hit(self, match: Match, rule: Rule, surroundings: Surroundings) -> Hit:
        lowered = surroundings.lowered(rule, match)
        if lowered is None:
            return Hit(match, rule, None)
        return Hit(match, rule, *self.report.lowered(match.start, *lowered))

    def marks(self) -> Iterator[str]:
        """What likeness may know of it: the scopes, each with each matter that rules heard, and
        what was left of those.
        """
        scopes = sorted({each.meaning for each in self._matches if isinstance(each.meaning, Scope)})
        matters = sorted({hit.rule.category for hit in self.hits})
        yield from scopes
        yield from (f"{matter} amid {scope}" for matter in matters for scope in scopes)
        yield from sorted({f"{hit.rule.category} {hit.severity}" for hit in self.hits})
        yield f"gravest {max((hit.severity.rank for hit in self.hits if hit.severity), default='')}"


def read(
    message: Words, indexes: Sequence[Index], concepts: Concepts, own: Own | None = None
) -> Reading:
    """`own`: what an organisation listens for besides, and what it does not want to hear."""
    matches = [match for index in indexes for match in index.search(message)]
    if own:
        matches += [match for index in own.indexes for match in index.search(message)]
        matches = [match for match in matches if match.entry.key not in own.muted]
    return Reading(message, matches, concepts)
