"""What an expression reckons with: the operators and functions of XPath and ODK.

Everything is text, a number or a truth, and each can be taken for each. A date is text such as
2026-01-31, and a number only where it is reckoned with or compared: the days since 1970.
"""

import math
import re
from collections.abc import Callable, Iterator
from datetime import date

from domain.questionnaires.patterns import is_matched
from domain.questionnaires.values import LONGEST_ANSWER

Value = str | float | bool

#: What a number is called that is none, as forms compare it.
NO_NUMBER = "NaN"
_EPOCH = date(1970, 1, 1).toordinal()
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FIGURE = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
#: What was reckoned before is text, and goes on as the truth that it was.
_TRUTHS = {"true": 1.0, "false": 0.0}
# A larger one may have lost its last digits already.
_LARGEST_WHOLE = 1e15


def text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return NO_NUMBER
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    whole = value.is_integer() and abs(value) < _LARGEST_WHOLE
    return str(int(value)) if whole else f"{value:.12g}"


def number(value: Value) -> float:
    if not isinstance(value, str):
        return float(value)
    days = _days(value)
    return _figure(value) if days is None else days


def truth(value: Value) -> bool:
    """Nothing, "false" and zero are not true, and all else is: wherever a truth is asked for, so
    that of a condition and its opposite always exactly one holds.
    """
    if isinstance(value, str):
        return value != "" and _figure(value) != 0
    return value != 0 and not math.isnan(value)


def _days(said: str) -> float | None:
    if not _DAY.fullmatch(said):
        return None
    try:
        return float(date.fromisoformat(said).toordinal() - _EPOCH)
    except ValueError:
        return None


def _figure(said: str) -> float:
    said = said.strip()
    if said in _TRUTHS:
        return _TRUTHS[said]
    return float(said) if _FIGURE.fullmatch(said) else math.nan


def _is_same(one: Value, other: Value) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return truth(one) == truth(other)
    if isinstance(one, float) or isinstance(other, float):
        return number(one) == number(other)
    return one == other


def _divided(one: Value, other: Value) -> float:
    dividend, divisor = number(one), number(other)
    if divisor != 0:
        return dividend / divisor
    return dividend * math.inf if dividend else math.nan


def _rest(one: Value, other: Value) -> float:
    dividend, divisor = number(one), number(other)
    may = math.isfinite(dividend) and divisor != 0
    return math.fmod(dividend, divisor) if may else math.nan


def _date(value: Value) -> str:
    """Of a date, or of days."""
    day = number(value) + _EPOCH
    return date.fromordinal(int(day)).isoformat() if 1 <= day < _AFTER_ALL else ""


_AFTER_ALL = date.max.toordinal() + 1


def _whole(rounded: Callable[[float], int]) -> Callable[[Value], float]:
    def function(value: Value) -> float:
        given = number(value)
        return float(rounded(given)) if math.isfinite(given) else given

    return function


def _round(value: Value, places: Value = 0.0) -> float:
    given, digits = number(value), number(places)
    if not (math.isfinite(given) and math.isfinite(digits)):
        return math.nan
    scale = 10.0 ** max(min(int(digits), 10), -10)
    scaled = given * scale
    # So large a number has no places that could be rounded.
    return math.floor(scaled + 0.5) / scale if math.isfinite(scaled) else given


def _numbered(values: tuple[Value, ...]) -> Iterator[Value]:
    """Of what was answered: a question that was skipped takes no other's number away. A date stays
    one.
    """
    for value in values:
        found = number(value)
        if not math.isnan(found):
            yield value if isinstance(value, str) and _DAY.fullmatch(value) else found


def _least(*values: Value) -> Value:
    return min(_numbered(values), key=number, default=math.nan)


def _most(*values: Value) -> Value:
    return max(_numbered(values), key=number, default=math.nan)


def _selected_at(answer: Value, place: Value) -> str:
    chosen, at = text(answer).split(), number(place)
    return chosen[int(at)] if 0 <= at < len(chosen) else ""


def _substring(value: Value, first: Value, length: Value = math.inf) -> str:
    """The first letter is the first, not that at zero."""
    start = _round(first)
    end = start + (length if length == math.inf else _round(length))
    return "".join(sign for at, sign in enumerate(text(value), 1) if start <= at < end)


def _after(value: Value, part: Value) -> str:
    said, before = text(value), text(part)
    at = said.find(before)
    return said[at + len(before) :] if at >= 0 else ""


def _translated(value: Value, signs: Value, others: Value) -> str:
    into = text(others)
    table: dict[int, str] = {}
    for at, sign in enumerate(text(signs)):
        table.setdefault(ord(sign), into[at : at + 1])
    return text(value).translate(table)


OPERATORS: dict[str, Callable[..., Value]] = {
    "or": lambda one, other: truth(one) or truth(other),
    "and": lambda one, other: truth(one) and truth(other),
    "=": _is_same,
    # Of what is no number neither holds for itself, as in XPath.
    "!=": lambda one, other: not _is_same(one, other),
    "<": lambda one, other: number(one) < number(other),
    "<=": lambda one, other: number(one) <= number(other),
    ">": lambda one, other: number(one) > number(other),
    ">=": lambda one, other: number(one) >= number(other),
    "+": lambda one, other: number(one) + number(other),
    "-": lambda one, other: number(one) - number(other),
    "*": lambda one, other: number(one) * number(other),
    "div": _divided,
    "mod": _rest,
}
FUNCTIONS: dict[str, Callable[..., Value]] = {
    "boolean": truth,
    "ceiling": _whole(math.ceil),
    "coalesce": lambda first, second: second if text(first) in ("", NO_NUMBER) else first,
    "concat": lambda *parts: "".join(map(text, parts)),
    "contains": lambda value, part: text(part) in text(value),
    "count-selected": lambda answer: float(len(text(answer).split())),
    "date": _date,
    "false": lambda: False,
    "floor": _whole(math.floor),
    "if": lambda condition, yes, no: yes if truth(condition) else no,
    "int": _whole(int),
    "max": _most,
    "min": _least,
    "normalize-space": lambda value: " ".join(text(value).split()),
    "not": lambda value: not truth(value),
    "number": number,
    "once": lambda value: value,
    "regex": lambda value, pattern: is_matched(text(pattern), text(value)[:LONGEST_ANSWER]),
    "round": _round,
    "selected": lambda answer, choice: text(choice) in text(answer).split(),
    "selected-at": _selected_at,
    "starts-with": lambda value, part: text(value).startswith(text(part)),
    "string": text,
    "string-length": lambda value: float(len(text(value))),
    "substring": _substring,
    "substring-after": _after,
    "substring-before": lambda value, part: text(value)[: max(text(value).find(text(part)), 0)],
    "translate": _translated,
    "true": lambda: True,
}
