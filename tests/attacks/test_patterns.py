"""A pattern that can read one text in very many ways holds everybody up who waits behind it."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from itertools import chain
from re import Pattern
from typing import Any

import pytest

ROOMS = ("bot", "console", "dialogs", "domain", "handlers", "locales", "storage")
# So often is as good as without end.
MANY = 20
REPEATS = {"MAX_REPEAT", "MIN_REPEAT"}
HOLD_ONE = {"POSSESSIVE_REPEAT", "SUBPATTERN", "ASSERT", "ASSERT_NOT"}
# Private to Python, and nobody else knows how it reads a pattern.
PARSER: Any = importlib.import_module("re._parser")


def patterns() -> Iterator[tuple[str, Pattern[str]]]:
    for room in ROOMS:
        place = importlib.import_module(room).__path__
        for module in pkgutil.walk_packages(place, f"{room}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                for number, each in enumerate(within(value)):
                    yield f"{module.name}.{name}[{number}]", each


def within(value: Any) -> Iterator[Pattern[str]]:
    """Also what stands in a list of them, each perhaps beside what is to be done with it."""
    if isinstance(value, Pattern):
        yield value
    elif isinstance(value, tuple | list):
        yield from chain.from_iterable(map(within, value))


def repeats_a_repeat(parsed: Any, *, within_one: bool = False) -> bool:
    """What is read possessively is read in one way only."""
    for operation, value in parsed:
        kind = str(operation)
        is_one = kind in REPEATS and value[1] > MANY
        if is_one and within_one:
            return True
        parts = value[1] if kind == "BRANCH" else [value[-1]] if kind in REPEATS | HOLD_ONE else []
        if any(repeats_a_repeat(each, within_one=within_one or is_one) for each in parts):
            return True
    return False


@pytest.mark.parametrize("pattern", [r"(?:\n|\.{2,})+", r"(a+)*b", r"(?:(?:x*)y?){30}"])
def test_a_repeat_of_a_repeat_is_known(pattern: str) -> None:
    assert repeats_a_repeat(PARSER.parse(pattern))


def test_p1_no_pattern_of_ours_repeats_a_repeat() -> None:
    """Of "help me" with fifty dots and a "!" one made every replica stand still."""
    read = dict(patterns())
    assert len(read) > 100
    assert [
        name
        for name, each in read.items()
        if repeats_a_repeat(PARSER.parse(each.pattern, each.flags & ~re.DEBUG))
    ] == []
