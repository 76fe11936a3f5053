"""Where the words of a message stand in what somebody typed."""

import re

from domain.distress.text import words_of

_TYPED = re.compile(r"\S+")
_AROUND = ".,;:!?…\"'«»“”„()[]"


def spans_of(text: str) -> list[tuple[int, int]]:
    """For each word of `words_of(text)` the beginning and end of what was typed there, without the
    marks around it; nothing where the two can't be brought together.
    """
    spans: list[tuple[int, int]] = []
    for typed in _TYPED.finditer(text):
        begin = typed.start() + len(typed[0]) - len(typed[0].lstrip(_AROUND))
        end = begin + len(typed[0].strip(_AROUND))
        spans += [(begin, max(begin, end))] * len(words_of(typed[0]).words)
    return spans if len(spans) == len(words_of(text).words) else []
