"""The lexicons: rules and scopes, read from their files."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from domain.distress.phrases import Phrase, parse_phrase, spelled_out
from domain.distress.views import VIEWS
from storage.kinds import Severity


class Scope(StrEnum):
    """What may stand around words of distress and make them mean less."""

    NEGATION = "negation"
    IDIOM = "idiom"
    THIRD_PERSON = "third-person"
    PAST = "past"
    FICTION = "fiction"
    LAUGHTER = "laughter"
    PRESENT = "present"  # Makes nothing less: it undoes `past` and `fiction`.
    RESOLVED = "resolved"  # And this undoes `present`.


@dataclass(frozen=True, slots=True)
class Rule:
    """`severity` is `none` for words that are only worth a question."""

    category: str
    name: str
    severity: Severity

    @property
    def code(self) -> str:
        return f"{self.category}.{self.name}"


@dataclass(frozen=True, slots=True)
class Entry:
    language: str
    view: str
    meaning: Rule | Scope
    phrase: Phrase
    #: As it is written; it may stand for several phrases, each of which has an entry.
    line: str

    @property
    def code(self) -> str:
        return self.meaning.code if isinstance(self.meaning, Rule) else f"scope.{self.meaning}"

    @property
    def key(self) -> str:
        """By which a line of a lexicon is known: one that is changed, or judged to be graver, is
        another.
        """
        severity = self.meaning.severity if isinstance(self.meaning, Rule) else ""
        return f"{self.language}:{severity}:{self.code}:{self.line}"


# Beside the lines of a rule or scope: what they must hear, and what they must not.
HEARS, IGNORES = "-hears", "-ignores"
SCOPES = "scope"
LEVELS = {"ask": Severity.NONE} | {level.value: level for level in Severity if level.rank}


def load_entries() -> Iterator[Entry]:
    """Every line of every lexicon. One that cannot be read raises ValueError, naming its file."""
    for file in lexicons():
        try:
            yield from read_entries(language_of(file), tomllib.loads(file.read_text("utf-8")))
        except (ValueError, KeyError) as error:
            raise ValueError(f"{file.name}: {error}") from error


def lexicons() -> list[Traversable]:
    words = files("domain.distress").joinpath("words").iterdir()
    return sorted((file for file in words if file.name.endswith(".toml")), key=lambda f: f.name)


def language_of(lexicon: Traversable) -> str:
    return lexicon.name.removesuffix(".toml")


def read_entries(language: str, lexicon: Mapping[str, Any]) -> Iterator[Entry]:
    view = lexicon.get("view", "as-written")
    for meaning, line in _lines(lexicon):
        for plain in spelled_out(line):
            yield Entry(language, view, meaning, parse_phrase(plain, VIEWS[view]), line)


def _lines(lexicon: Mapping[str, Any]) -> Iterator[tuple[Rule | Scope, str]]:
    for category, levels in lexicon.items():
        if category == "view":
            continue
        if category == SCOPES:
            yield from ((Scope(name), line) for name, lines in _named(levels) for line in lines)
            continue
        for level, rules in levels.items():
            for name, lines in _named(rules):
                rule = Rule(category, name, LEVELS[level])
                yield from ((rule, line) for line in lines)


def _named(lists: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Sequence[str]]]:
    """Without the examples beside them."""
    return ((name, lines) for name, lines in lists.items() if not name.endswith((HEARS, IGNORES)))
