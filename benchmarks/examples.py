"""What the watch learns from: messages written for it, and the examples beside its lexicons."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from domain.distress.examples import load_examples
from storage.kinds import Severity

MESSAGES = Path(__file__).parent / "messages"
LEXICONS = "lexicons"


class Example(NamedTuple):
    """`label` is the first letter of its severity, N for none; `author` the folder it is in."""

    author: str
    label: str
    text: str


def pages() -> Iterator[list[Example]]:
    """Of one author in one language each."""
    for file in sorted(MESSAGES.rglob("*.txt")):
        lines = [line.split(" ", 1) for line in file.read_text("utf-8").splitlines()]
        yield [Example(file.parent.name, label, text) for label, text in lines]


def examples() -> Iterator[Example]:
    for page in pages():
        yield from page
    for told in load_examples():
        # The plainest words of all: nobody who writes messages for this thinks of them.
        if told.heard and told.rule.severity is not Severity.NONE:
            yield Example(LEXICONS, told.rule.severity[0].upper(), told.text)
