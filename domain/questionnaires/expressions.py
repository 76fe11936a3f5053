"""XLSForm's expressions: XPath, in which ${name} is an answer, with the functions of ODK.

A question that was not answered is empty: it equals only '', and no number. Dates are days since
1970, so that they can be compared and subtracted.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from lxml import etree

from domain.questionnaires.patterns import is_found, trouble_with

LONGEST = 2000
_LONGEST_MATCHED = 200
_JR = "http://openrosa.org/javarosa"
_EPOCH = date(1970, 1, 1)

_WRONG = (etree.XPathError, ValueError, TypeError)
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_AND_OR = re.compile(_LITERAL.pattern + r"|(?<![\w./${-])(?:and|or)(?![\w.}-])")
#: Of one question in what is said of another.
REFERENCE = re.compile(r"\$\{\s*([^}\s]*)\s*\}")
_CALL = re.compile(r"([A-Za-z_][\w.:-]*)\s*\(")
# A word that is neither a function nor an axis, and no part of another.
_BARE = re.compile(r"(?<![\w.$:])[A-Za-z_][\w.-]*+(?!\s*[(:])")
_OPERATORS = {"and", "or", "div", "mod"}
_DAY = re.compile(r"(['\"])(\d{4}-\d\d-\d\d)\1")
_TODAY = re.compile(r"\btoday\s*\(\s*\)")
# XPath has one of its own, without places.
_ROUND = re.compile(r"(?<![\w.-])round\s*\(")
# What XML can't hold, and a phone may send all the same.
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REGEX = re.compile(r"(?<![\w.:-])regex\s*\(")
_DEEPER = {"(": 1, ")": -1}
_OF_XPATH = {
    *("boolean", "ceiling", "concat", "contains", "false", "floor", "normalize-space", "not"),
    *("number", "starts-with", "string", "string-length", "substring", "substring-after"),
    *("substring-before", "translate", "true"),
}


def names_in(expression: str) -> list[str]:
    """The questions whose answers it looks at, ${name} by ${name}."""
    return REFERENCE.findall(expression)


def literals_in(expression: str) -> list[str]:
    """The words that stand in it as they are."""
    return [each[1:-1] for each in _LITERAL.findall(expression)]


def paths_in(expression: str) -> list[str]:
    """What looks for something by another way than ${name}: names as they stand, and strokes."""
    bare = REFERENCE.sub("''", _LITERAL.sub("''", expression))
    names = [name for name in _BARE.findall(bare) if name not in _OPERATORS]
    return [*names, *(stroke for stroke in ("/", "..") if stroke in bare)]


def unknown_functions(expression: str) -> list[str]:
    bare = _LITERAL.sub("''", expression)
    called = dict.fromkeys(_CALL.findall(bare))
    return [name for name in called if name not in _KNOWN]


def patterns_in(expression: str) -> list[str]:
    """Those of regex() that stand in it as they are, rather than made of answers."""
    bare = _LITERAL.sub(lambda found: "'" * len(found[0]), expression)
    last = [expression[_last_argument(bare, call.end())] for call in _REGEX.finditer(bare)]
    return [each.strip()[1:-1] for each in last if _LITERAL.fullmatch(each.strip())]


def _last_argument(bare: str, start: int) -> slice:
    """Of the call whose arguments begin there, in an expression without its literals."""
    depth = 1
    for at, sign in enumerate(bare[start:], start):
        depth += _DEEPER.get(sign, 0)
        if depth == 0:
            return slice(start, at)
        if depth == 1 and sign == ",":
            start = at + 1
    return slice(0)


def can_be_matched(expression: str) -> bool:
    """Whether all of its patterns can, but for those made of answers."""
    return all(trouble_with(pattern) is None for pattern in patterns_in(expression))


def is_sound(expression: str) -> bool:
    """Whether it can be read and reckoned at all."""
    if len(expression) > LONGEST:
        return False
    try:
        sheet = Sheet(dict.fromkeys(names_in(expression), ""), today=_EPOCH)
        sheet.reckon(expression)
        sheet.reckon(_AND_OR.sub(_all_of_it, expression))
    except _WRONG:
        return False
    return True


def _all_of_it(found: re.Match[str]) -> str:
    """What stands behind "and" and "or" is reckoned only after some answers, and must not turn out
    to be wrong then. Behind a plus it always is.
    """
    return "+" if found[0] in ("and", "or") else found[0]


class Sheet:
    """Answers, as expressions look at them. What they say of a question that was not asked, or is
    not there, is empty.
    """

    def __init__(self, answers: Mapping[str, str], *, today: date) -> None:
        self._data = etree.Element("data")
        self._today = float((today - _EPOCH).days)
        for name, answer in answers.items():
            self.put(name, answer)

    def put(self, name: str, answer: str, labels: Mapping[str, str] | None = None) -> None:
        """`labels` are what jr:choice-name calls its choices."""
        found = _named(self._data, name)
        row = etree.SubElement(self._data, name) if found is None else found
        row.text = _readable(_as_day(answer))
        if labels:
            row.set("labels", json.dumps(labels))

    def holds(self, expression: str, at: str | None = None) -> bool:
        """`at` is the question that "." means."""
        return _truth(self._reckon(expression, self._row(at)))

    def reckon(self, expression: str) -> None:
        """Raises one of _WRONG where it can't be."""
        _text(_compiled(expression)(self._data, today=self._today))

    def value(self, expression: str, at: str | None = None) -> str:
        return _text(self._reckon(expression, self._row(at)))

    def offers(self, expression: str, columns: Mapping[str, str]) -> bool:
        """Whether a choice with these columns is offered. A column whose name is none for an
        expression, such as KoboToolbox's own marks, is looked at by none.
        """
        item = etree.SubElement(self._data, "item")
        for name, text in columns.items():
            if _is_name(name):
                etree.SubElement(item, name).text = _readable(text)
        try:
            return _truth(self._reckon(expression, item))
        finally:
            self._data.remove(item)

    def _row(self, name: str | None) -> Any:
        found = _named(self._data, name) if name else None
        return self._data if found is None else found

    def _reckon(self, expression: str, node: Any) -> Any:
        """A sound one may still be wrong after some answers, if it makes paths of them. Then it is
        as if nothing was answered: nobody's check-in ends there.
        """
        try:
            return _compiled(expression)(node, today=self._today)
        except _WRONG:
            return ""


def _named(data: Any, name: str) -> Any:
    """The row of that name. The library's own search takes some marks for more than a name."""
    return next((row for row in data if row.tag == name), None)


def _readable(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def _is_name(name: str) -> bool:
    try:
        etree.QName(name)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=2000)
def _compiled(expression: str) -> etree.XPath:
    days = _DAY.sub(lambda found: f"{found[1]}{_as_day(found[2])}{found[1]}", expression)
    # With a space on each side, as ODK has it: a name of XML goes on behind a minus, and "div".
    path = _TODAY.sub(" $today ", REFERENCE.sub(r" /data/\1 ", days))
    path = _ROUND.sub("round-to(", path)
    return etree.XPath(
        path,
        namespaces={"jr": _JR},
        extensions={_qualified(name): function for name, function in _FUNCTIONS.items()},
    )


def _qualified(name: str) -> tuple[str | None, str]:
    return (_JR, name[3:]) if name.startswith("jr:") else (None, name)


def _as_day(text: str) -> str:
    try:
        return str((date.fromisoformat(text) - _EPOCH).days) if len(text) == 10 else text
    except ValueError:
        return text


def _text(value: Any) -> str:
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.12g}"
    return str(value) if isinstance(value, str) else "".join(value.itertext())


def _number(value: Any) -> float:
    try:
        return float(_text(value))
    except ValueError:
        return math.nan


def _truth(value: Any) -> bool:
    if isinstance(value, float):
        return not math.isnan(value) and value != 0
    return bool(_text(value)) if isinstance(value, list) else bool(value)


def _if(context: Any, condition: Any, yes: Any, no: Any) -> Any:
    return yes if _truth(condition) else no


def _selected(context: Any, answer: Any, choice: Any) -> bool:
    return _text(choice) in _text(answer).split()


def _selected_at(context: Any, answer: Any, place: Any) -> str:
    chosen, number = _text(answer).split(), _number(place)
    return chosen[int(number)] if 0 <= number < len(chosen) else ""


def _int(context: Any, value: Any) -> float:
    number = _number(value)
    return number if math.isnan(number) or math.isinf(number) else float(int(number))


def _round(context: Any, value: Any, places: Any = 0.0) -> float:
    number, digits = _number(value), _number(places)
    if not (math.isfinite(number) and math.isfinite(digits)):
        return math.nan
    scale = 10.0 ** max(min(int(digits), 10), -10)
    scaled = number * scale
    # So large a number has no places that could be rounded.
    return math.floor(scaled + 0.5) / scale if math.isfinite(scaled) else number


def _regex(context: Any, value: Any, pattern: Any) -> bool:
    return is_found(_text(pattern), _text(value)[:_LONGEST_MATCHED])


def _numbers(values: tuple[Any, ...]) -> Iterator[float]:
    """Of what was answered: a question that was skipped takes no other's number away."""
    for value in values:
        for each in value if isinstance(value, list) else [value]:
            number = _number(each)
            if not math.isnan(number):
                yield number


def _least(context: Any, *values: Any) -> float:
    return min(_numbers(values), default=math.nan)


def _most(context: Any, *values: Any) -> float:
    return max(_numbers(values), default=math.nan)


def _choice_name(context: Any, choice: Any, path: Any) -> str:
    """What a choice is called in the form's main language."""
    data = context.context_node.getroottree().getroot()
    row = _named(data, _text(path).strip().rpartition("/")[2])
    labels: dict[str, str] = json.loads(row.get("labels", "{}")) if row is not None else {}
    return labels.get(_text(choice), _text(choice))


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "if": _if,
    "selected": _selected,
    "selected-at": _selected_at,
    "count-selected": lambda context, answer: float(len(_text(answer).split())),
    "once": lambda context, value: value,
    "coalesce": lambda context, first, second: _text(first) or _text(second),
    "date": lambda context, value: _number(_as_day(_text(value))),
    "int": _int,
    "round": _round,
    "round-to": _round,
    "regex": _regex,
    "min": _least,
    "max": _most,
    "jr:choice-name": _choice_name,
}
_KNOWN = {"today"} | _OPERATORS | _OF_XPATH | _FUNCTIONS.keys()
