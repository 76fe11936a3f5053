"""Cells that a spreadsheet would take for a formula, made harmless on the way out and themselves
again on the way in.

Whoever opens an export in a spreadsheet trusts it, and what stands in it came from anywhere. An
apostrophe before such a text makes it text, for every spreadsheet; those that begin with
apostrophes and then such a sign get one more, so that nothing is lost by going out and in. Within a
text it stands behind whatever a spreadsheet of another country takes for the end of a cell, where
what follows could call something.
"""

import re
from collections.abc import Callable
from functools import partial

# The wide forms are folded to the plain ones by some spreadsheets in some languages.
_SIGN = r"[=+\-@＝＋－＠]"
_FORMULA = re.compile(rf"'*(?:{_SIGN}|[\t\r\n])")
_QUOTED = re.compile(rf"'+(?:{_SIGN}|[\t\r\n])")
_FORMULA_WITHIN = re.compile(rf"([;,\t\r\n]'*)(?={_SIGN})")
_QUOTED_WITHIN = re.compile(rf"([;,\t\r\n]'*)'(?={_SIGN})")
_LINE = re.compile(r"[\r\n]+[^\r\n]*|[^\r\n]+")
_CALLS = "(|!"
# Digits and what stands between them call no function: a phone number stays one for every reader.
_NUMBER = re.compile(r"[+\-][\d ().\-/]*")


def disarmed(cell: object) -> object:
    """What may be written; a number is none of our concern."""
    if not isinstance(cell, str):
        return cell
    within = _where_something_is_called(partial(_FORMULA_WITHIN.sub, r"\1'"), cell)
    return f"'{within}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else within


def as_meant(cell: str) -> str:
    """What was written before it was disarmed, here or in somebody's spreadsheet."""
    within = _where_something_is_called(partial(_QUOTED_WITHIN.sub, r"\1"), cell)
    return within[1:] if _QUOTED.match(cell) else within


def _where_something_is_called(change: Callable[[str], str], text: str) -> str:
    """A list in a text begins its lines with hyphens, too, and calls nothing."""

    def changed(line: re.Match[str]) -> str:
        call = max(map(line[0].rfind, _CALLS))
        return change(line[0][:call]) + line[0][call:] if call > 0 else line[0]

    return _LINE.sub(changed, text)
