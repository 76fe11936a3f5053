r"""The patterns of regex(). An answer is matched in time that grows with its length and no faster,
whatever the pattern: whoever answers holds up nobody else (docs/decisions/0101).

\d, \w and \s stand for signs of ASCII alone, as on ODK's own phones; \p{L} is any script's letter,
and a dot any sign at all: an answer may have several lines.
"""

import re
from typing import Any

import re2

# Bytes for one pattern, and for what is remembered while it is matched: a hundred letters of any
# script take one megabyte.
_ROOM = 2 << 20
# Java and JavaScript write a sign by its number so, RE2 in braces.
_BY_NUMBER = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|.)", re.DOTALL)
_LOOKS_AROUND = re.compile(r"\(\?<?[=!]|\(\?P$|\\[1-9k]")


def is_matched(pattern: str, text: str) -> bool:
    """From its first sign to its last. Not so, where the pattern itself can't be read."""
    try:
        return _compiled(pattern).fullmatch(text) is not None
    except re2.error:
        return False


def trouble_with(pattern: str) -> str | None:
    """The part of it that can't be matched; None where all of it can."""
    try:
        _compiled(pattern)
    except re2.error as error:
        said: bytes = error.args[0]
        _, _, part = said.decode(errors="replace").partition(": ")
        return part or pattern
    return None


def looks_around(part: str) -> bool:
    """Whether it looks ahead or behind, or asks for what was found before."""
    return _LOOKS_AROUND.match(part) is not None


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.max_mem = _ROOM
    options.never_capture = True
    options.dot_nl = True
    options.log_errors = False
    return re2.compile(_BY_NUMBER.sub(_in_braces, pattern), options)


def _in_braces(found: re.Match[str]) -> str:
    return rf"\x{{{found[1]}}}" if found[1] else found[0]
