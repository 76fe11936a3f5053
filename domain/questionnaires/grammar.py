"""How an expression is written: that of XLSForm, which is XPath's but for its paths."""

import re
from dataclasses import dataclass
from functools import lru_cache

# So many brackets may lie within each other: each takes a dozen frames of Python, and below them
# must be room for those of whoever asks.
_DEEPEST = 40
_NAME = r"[^\W\d][\w.-]*+"
_OPERAND = re.compile(
    rf"""\s*(?:
        (?P<literal>'[^']*'|"[^"]*")
        | (?P<number>\d+(?:\.\d*)?|\.\d+)
        | \$\{{\s*(?P<answer>[^}}\s]*)\s*\}}
        | (?P<call>{_NAME}(?::{_NAME})?)\s*\(
        | (?P<column>{_NAME})
        | (?P<itself>\.)
        | (?P<minus>-[-\s]*)
        | (?P<bracket>\()
    )""",
    re.VERBOSE,
)
# A longer sign stands before the shorter that it begins with.
_OPERATOR = re.compile(r"\s*(or|and|!=|=|<=|>=|<|>|\+|-|\*|div|mod)")
_CLOSED = re.compile(r"\s*\)")
_NEXT = re.compile(r"\s*([,)])")
_END = re.compile(r"\s*")
# What binds more loosely first.
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
_LEVEL = {sign: level for level, signs in enumerate(_LEVELS) for sign in signs}


class Unreadable(ValueError):
    """No expression, or one that looks for answers by a path."""


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | float


@dataclass(frozen=True, slots=True)
class Answer:
    """${name}"""

    name: str


@dataclass(frozen=True, slots=True)
class Itself:
    """The answer of the question that says this: a dot."""


@dataclass(frozen=True, slots=True)
class Column:
    """Of a choice, by its bare name."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """Of a function or an operator, with the values that were found last."""

    name: str
    takes: int


Step = Literal | Answer | Itself | Column | Call


@lru_cache(maxsize=2000)
def steps_of(expression: str) -> tuple[Step, ...]:
    """One after the other, each after what it needs: however long a sum is, nothing is nested.
    Raises Unreadable.
    """
    return tuple(_Reader(expression).read())


class _Reader:
    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._at = 0
        self._depth = 0
        self._steps: list[Step] = []

    def read(self) -> list[Step]:
        self._operation(0)
        self._take(_END)
        if self._at < len(self._expression):
            raise Unreadable
        return self._steps

    def _operation(self, loosest: int) -> None:
        """As far as operators bind as closely as that level, or more closely."""
        self._operand()
        while sign := self._operator(loosest):
            self._operation(_LEVEL[sign] + 1)
            self._steps.append(Call(sign, 2))

    def _operator(self, loosest: int) -> str | None:
        found = _OPERATOR.match(self._expression, self._at)
        if found is None or _LEVEL[found[1]] < loosest:
            return None
        self._at = found.end()
        return found[1]

    def _operand(self) -> None:
        found = self._take(_OPERAND)
        match found.lastgroup:
            case "literal":
                self._steps.append(Literal(found["literal"][1:-1]))
            case "number":
                self._steps.append(Literal(float(found["number"])))
            case "answer":
                self._steps.append(Answer(found["answer"]))
            case "column":
                self._steps.append(Column(found["column"]))
            case "itself":
                self._steps.append(Itself())
            case "call":
                self._steps.append(Call(found["call"], self._arguments()))
            case "bracket":
                if self._inner() != ")":
                    raise Unreadable
            case _:
                self._negative(found["minus"].count("-"))

    def _negative(self, times: int) -> None:
        self._steps += [Literal(0.0)] * times
        self._operand()
        self._steps += [Call("-", 2)] * times

    def _arguments(self) -> int:
        """How many there are, up to the bracket that closes them."""
        if closed := _CLOSED.match(self._expression, self._at):
            self._at = closed.end()
            return 0
        count = 1
        while self._inner() == ",":
            count += 1
        return count

    def _inner(self) -> str:
        """What stands within brackets, up to the sign that is the answer: the bracket that closes
        them, or a comma.
        """
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unreadable
        self._operation(0)
        self._depth -= 1
        return self._take(_NEXT)[1]

    def _take(self, what: re.Pattern[str]) -> re.Match[str]:
        found = what.match(self._expression, self._at)
        if found is None:
            raise Unreadable
        self._at = found.end()
        return found
