"""Cells that a spreadsheet would take for a formula, made harmless on the way out and themselves
again on the way in.

Whoever opens an export in a spreadsheet trusts it, and what stands in it came from anywhere. An
apostrophe before such a text makes it text, for every spreadsheet; those that begin with
apostrophes and then such a sign get one more, so that nothing is lost by going out and in.
"""

import re

# The wide forms are folded to the plain ones by some spreadsheets in some languages.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_QUOTED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
# Digits and what stands between them call no function: a phone number stays one for every reader.
_NUMBER = re.compile(r"[+\-][\d ().\-/]*")


def disarmed(cell: object) -> object:
    """What may be written; a number is none of our concern."""
    if not isinstance(cell, str) or not _FORMULA.match(cell) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"


def as_meant(cell: str) -> str:
    """What was written before it was disarmed, here or in somebody's spreadsheet."""
    return cell[1:] if _QUOTED.match(cell) else cell
