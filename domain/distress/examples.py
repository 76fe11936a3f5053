"""What every rule must hear and what it must not, as written beside its lines.

Tests hold the rules to them, and whoever adds words of their own tries those on them.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from domain.distress.lexicon import HEARS, IGNORES, LEVELS, Rule, language_of, lexicons

_RULE = re.compile(rf"([\w-]+?)(?:{HEARS}|{IGNORES})? = \[")


@dataclass(frozen=True, slots=True)
class Example:
    language: str
    rule: Rule
    text: str
    #: Whether the rule must hear it, or must not.
    heard: bool
    #: Of the lexicon's file.
    line: int


def load_examples() -> Iterator[Example]:
    for file in lexicons():
        yield from _examples(file)


def _examples(file: Traversable) -> Iterator[Example]:
    """A list of examples is one line of the file, below the rule's own."""
    category = level = ""
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if line.startswith("["):
            category, _, level = line.strip("[]").partition(".")
        elif found := _RULE.match(line):
            for ending in (HEARS, IGNORES):
                if line.startswith(f"{found[1]}{ending}"):
                    rule = Rule(category, found[1], LEVELS[level])
                    for text in next(iter(tomllib.loads(line).values())):
                        yield Example(language_of(file), rule, text, ending == HEARS, number)
