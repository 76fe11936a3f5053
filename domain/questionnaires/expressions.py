"""XLSForm's expressions, in which ${name} is an answer.

A question that was not answered is empty: it equals only '', is no number, and not true.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from itertools import pairwise
from math import isnan

from domain.questionnaires.functions import FUNCTIONS, OPERATORS, Value, text, truth
from domain.questionnaires.grammar import (
    Answer,
    Call,
    Column,
    Itself,
    Literal,
    Unreadable,
    steps_of,
)
from domain.questionnaires.patterns import trouble_with
from domain.questionnaires.values import LONGEST_ANSWER

LONGEST = 2000

#: Of one question in what is said of another.
REFERENCE = re.compile(r"\$\{\s*([^}\s]*)\s*\}")
CHOICE_NAME = "jr:choice-name"
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALL = re.compile(r"([A-Za-z_][\w.:-]*)\s*\(")
_KNOWN = {"today", CHOICE_NAME, *FUNCTIONS, *OPERATORS}
_NO_CHOICE: Mapping[str, str] = {}
# Another number of arguments than the function takes is a TypeError.
_WRONG = (Unreadable, KeyError, TypeError)


def names_in(expression: str) -> list[str]:
    """The questions whose answers it looks at, ${name} by ${name}."""
    return REFERENCE.findall(expression)


def literals_in(expression: str) -> list[str]:
    """The words that stand in it as they are."""
    return [each[1:-1] for each in _LITERAL.findall(expression)]


def functions_in(expression: str) -> list[str]:
    """Each once, also of what can't be read."""
    return list(dict.fromkeys(_CALL.findall(_LITERAL.sub("''", expression))))


def unknown_functions(expression: str) -> list[str]:
    return [name for name in functions_in(expression) if name not in _KNOWN]


def columns_in(expression: str) -> list[str]:
    """Names as they stand, without ${}: of what is known of each choice. Raises Unreadable."""
    return [step.name for step in steps_of(expression) if isinstance(step, Column)]


def looks_at_itself(expression: str) -> bool:
    """Whether it says ".". Raises Unreadable."""
    return Itself() in steps_of(expression)


def patterns_in(expression: str) -> list[str]:
    """Those of regex() that stand in it as they are, rather than made of answers. Raises
    Unreadable.
    """
    return [
        before.value
        for before, step in pairwise(steps_of(expression))
        if step == _REGEX and isinstance(before, Literal) and isinstance(before.value, str)
    ]


_REGEX = Call("regex", 2)


def is_sound(expression: str) -> bool:
    """Whether it can be read and reckoned at all, by itself and in brackets beside a group's."""
    if len(expression) > LONGEST:
        return False
    try:
        for said in (expression, f"({expression})"):
            Sheet({}, today=date.min).reckon(said)
    except _WRONG:
        return False
    return True


def can_be_judged(expression: str) -> bool:
    """Whether it is sound, and so are all of its patterns but for those made of answers."""
    return is_sound(expression) and not any(map(trouble_with, patterns_in(expression)))


class Sheet:
    """Answers, as expressions look at them. What they say of a question that was not asked, or is
    not there, is empty.
    """

    def __init__(self, answers: Mapping[str, str], *, today: date) -> None:
        self._answers = dict(answers)
        self._labels: dict[str, Mapping[str, str]] = {}
        self._functions: dict[str, Callable[..., Value]] = {
            **OPERATORS,
            **FUNCTIONS,
            "today": today.isoformat,
            CHOICE_NAME: self._choice_name,
        }

    def put(self, name: str, answer: str, labels: Mapping[str, str] | None = None) -> None:
        """`labels` are what jr:choice-name calls its choices."""
        self._answers[name] = answer
        if labels:
            self._labels[name] = labels

    def holds(self, expression: str, at: str | None = None) -> bool:
        """`at` is the question that "." means; without one it is empty."""
        return truth(self._reckoned(expression, at))

    def value(self, expression: str, at: str | None = None) -> str:
        """Empty, where it is a number that can't be worked out. No longer than an answer can be:
        rows that double what stands above them would fill the memory.
        """
        found = self._reckoned(expression, at)
        nothing = isinstance(found, float) and isnan(found)
        return "" if nothing else text(found)[:LONGEST_ANSWER]

    def offers(self, expression: str, columns: Mapping[str, str]) -> bool:
        """Whether a choice with these columns is offered."""
        return truth(self._reckoned(expression, None, columns))

    def reckon(
        self, expression: str, at: str | None = None, columns: Mapping[str, str] = _NO_CHOICE
    ) -> Value:
        """Raises one of _WRONG where it can't be."""
        found: list[Value] = []
        for step in steps_of(expression):
            match step:
                case Call(name, takes):
                    first = len(found) - takes
                    found[first:] = [self._functions[name](*found[first:])]
                case Literal(value):
                    found.append(value)
                case Answer(name):
                    found.append(self._answers.get(name, ""))
                case Column(name):
                    found.append(columns.get(name, ""))
                case Itself():
                    found.append(self._answers.get(at, "") if at else "")
        return found[0]

    def _reckoned(
        self, expression: str, at: str | None, columns: Mapping[str, str] = _NO_CHOICE
    ) -> Value:
        """A form of an earlier release may hold what can't be reckoned any more. Then it is as if
        nothing was answered: nobody's check-in ends there.
        """
        try:
            return self.reckon(expression, at, columns)
        except _WRONG:
            return ""

    def _choice_name(self, choice: Value, question: Value) -> str:
        """What a choice is called in the form's main language."""
        named = REFERENCE.search(text(question))
        labels = self._labels.get(named[1], {}) if named else {}
        return labels.get(text(choice), text(choice))
