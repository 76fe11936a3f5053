"""Whether a form's expressions are such as Wayhome can reckon."""

import re
from collections.abc import Collection, Iterator

from domain.marks import N_
from domain.questionnaires.expressions import (
    columns_in,
    is_sound,
    looks_at_itself,
    names_in,
    patterns_in,
    unknown_functions,
)
from domain.questionnaires.forms.problems import Problem
from domain.questionnaires.forms.workbook import SURVEY, Row
from domain.questionnaires.patterns import looks_around, trouble_with

UNKNOWN_FUNCTION = N_("Wayhome does not know the function {it}().")
_LOOKS_AROUND = N_("A pattern can't look ahead or behind, nor ask for what it found before: {it}.")
_NO_PATTERN = N_("This can't be read as part of a pattern, or is too large for one: {it}.")
_NOT_ASKED_YET = N_(
    'Before a question is asked, "." is empty for everybody: name one further up instead.'
)
EXPRESSIONS = ("relevant", "constraint", "calculation", "choice_filter", "wayhome_alert")
_BEFORE_IT_IS_ASKED = ("relevant", "choice_filter")
# As a word processor writes them for those that were typed; within straight ones they are words.
_TYPOGRAPHIC = str.maketrans("‘’‚“”„", "'''\"\"\"")
_PART = re.compile(r"""('[^']*'|"[^"]*")|[^'"]+""")


def straightened(expression: str) -> str:
    """With straight quotes where typographic ones begin and end a word."""
    return _PART.sub(lambda part: part[1] or part[0].translate(_TYPOGRAPHIC), expression)


def problems_in(
    row: Row, column: str, expression: str, known: set[str], columns: Collection[str] = ()
) -> Iterator[Problem]:
    """`known` are the questions that stand further up, and the row's own; `columns` those of
    choices. Whatever else an expression names would be empty for everybody, and nobody would see.
    """
    for function in unknown_functions(expression):
        yield Problem(SURVEY, row.number, column, UNKNOWN_FUNCTION, function)
        return
    for name in names_in(expression):
        if name not in known:
            yield not_above(row, column, name)
            return
    if not is_sound(expression) or set(columns_in(expression)) - set(columns):
        yield Problem(SURVEY, row.number, column, N_("This expression can't be worked out."))
        return
    if column in _BEFORE_IT_IS_ASKED and looks_at_itself(expression):
        yield Problem(SURVEY, row.number, column, _NOT_ASKED_YET)
    for pattern in patterns_in(expression):
        part = trouble_with(pattern)
        if part is not None:
            reason = _LOOKS_AROUND if looks_around(part) else _NO_PATTERN
            yield Problem(SURVEY, row.number, column, reason, part)


def not_above(row: Row, column: str, name: str) -> Problem:
    return Problem(SURVEY, row.number, column, N_("{it} is not asked further up."), name)
