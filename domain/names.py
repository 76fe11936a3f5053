"""What people call themselves, each other and their work, without what only plays tricks.

A name may be in any script. But what turns the direction of the text beside it, can't be seen, or
piles up over the lines around it belongs to none; and a NUL or half of a pair can't be kept.
"""

import re
import unicodedata
from typing import Final

from domain.errors import Refused
from domain.letters import taken_apart

LONGEST: Final = 120
#: Persian, Kurdish and Indic scripts need these two within words.
_JOINERS = "\u200c\u200d"
#: Letters to Unicode, blanks to the eye.
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
#: No script that is written today puts more marks than these on one letter.
_MOST_MARKS = 4
# With the marks that are left out.
_MOST_TYPED = 10 * LONGEST


def as_name(text: str) -> str:
    """The name that a text holds; "" for none. Raises Refused for one that fits on no line."""
    # What stood apart stays apart: a line's end is a control character to Unicode.
    apart = " ".join(text.split())
    seen = "".join(each for each in apart if not _is_unseen(each))
    # A long run of marks takes quadratic time, in which nobody else is heard.
    fits = len(seen) <= _MOST_TYPED
    name = _unpiled(unicodedata.normalize("NFC", " ".join(seen.split()))) if fits else ""
    if not fits or len(name) > LONGEST:
        raise Refused("Use at most {most} characters.", most=LONGEST)
    return name if any(map(str.isalnum, name)) else ""


def isolated(name: str) -> str:
    """For the middle of a sentence, whose direction it then leaves as it is."""
    return f"\u2068{name}\u2069"


def slug(name: str, longest: int) -> str:
    """A name in small letters, digits and hyphens; "" where no letter of it is Latin."""
    plain = taken_apart(name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:longest].strip("-")


def _is_unseen(character: str) -> bool:
    if character in _JOINERS:
        return False
    return character in _BLANKS or unicodedata.category(character) in _UNSEEN


def _unpiled(text: str) -> str:
    kept, marks = [], 0
    for each in text:
        marks = marks + 1 if unicodedata.combining(each) else 0
        if marks <= _MOST_MARKS:
            kept.append(each)
    return "".join(kept)
