"""What every rule and scope must hear and what it must not, as written beside its lines.

Tests hold the rules and scopes to them, and whoever adds words of their own tries those on what is
beside the rules.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.distress.lexicon import (
    HEARS,
    IGNORES,
    LEVELS,
    SCOPES,
    Rule,
    Scope,
    language_of,
    lexicons,
)

_LIST = re.compile(rf"([\w-]+)({HEARS}|{IGNORES}) = \[")


@dataclass(frozen=True, slots=True)
class Example:
    language: str
    rule: Rule
    text: str
    #: Whether the rule must hear it, or must not.
    heard: bool
    #: Of the lexicon's file.
    line: int


@dataclass(frozen=True, slots=True)
class ScopeExample:
    language: str
    scope: Scope
    text: str
    #: Whether its lines must change what is left of something heard there, or must not.
    noticed: bool
    #: Of the lexicon's file.
    line: int


class _List(NamedTuple):
    """`section` is what stands in brackets above it, `line` where it is: it has but one."""

    language: str
    section: str
    name: str
    heard: bool
    texts: Sequence[str]
    line: int


def load_examples() -> Iterator[Example]:
    """Those beside rules."""
    for each in _lists():
        category, _, level = each.section.partition(".")
        if category != SCOPES:
            rule = Rule(category, each.name, LEVELS[level])
            for text in each.texts:
                yield Example(each.language, rule, text, each.heard, each.line)


def load_scope_examples() -> Iterator[ScopeExample]:
    for each in _lists():
        if each.section == SCOPES:
            for text in each.texts:
                yield ScopeExample(each.language, Scope(each.name), text, each.heard, each.line)


def _lists() -> Iterator[_List]:
    for file in lexicons():
        section = ""
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            if line.startswith("["):
                section = line.strip("[]")
            elif found := _LIST.match(line):
                texts = next(iter(tomllib.loads(line).values()))
                heard = found[2] == HEARS
                yield _List(language_of(file), section, found[1], heard, texts, number)
