"""What somebody typed, as an answer is kept; phones write numbers and dates in many ways."""

import re
from datetime import date
from enum import StrEnum

from domain.calendar import YEARS
from domain.letters import without_turns
from domain.questionnaires.filling import Filling
from domain.questionnaires.values import Kind, Question

#: All that fits into one message of Telegram: nobody writes much of themselves to have it refused.
LONGEST = 4096

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})")
_WHOLE = re.compile(r"[+-]?\d{1,15}")
_DECIMAL = re.compile(r"[+-]?\d{1,15}(?:[.,٫]\d{1,9})?")
_IN_THOUSANDS = re.compile(r"[+-]?(\d{1,3})[.,]\d{3}")


class Wrong(StrEnum):
    """Why an answer is not taken."""

    NUMBER = "number"
    #: It is 1500 to some and 1.5 to others.
    EITHER = "either"
    WHOLE = "whole"
    DATE = "date"
    LONG = "long"
    #: The form itself says what it wants.
    CONSTRAINT = "constraint"


def read(question: Question, words: str) -> str | Wrong:
    """A number or a date as XLSForm writes it, in whatever digits it was typed."""
    words = words.strip()
    bare = without_turns(words).strip()
    match question.kind:
        case Kind.INTEGER:
            return str(int(bare)) if _WHOLE.fullmatch(bare) else Wrong.WHOLE
        case Kind.DECIMAL:
            return _decimal(bare)
        case Kind.DATE:
            return _day(bare) or Wrong.DATE
        case _:
            return words if 0 < len(words) <= LONGEST else Wrong.LONG


def judged(filling: Filling, question: Question, answer: str) -> str | Wrong:
    """The answer, unless the form does not want it."""
    return answer if filling.fits(question, answer) else Wrong.CONSTRAINT


def _decimal(words: str) -> str | Wrong:
    if not _DECIMAL.fullmatch(words):
        return Wrong.NUMBER
    if _may_be_thousands(words):
        return Wrong.EITHER
    return f"{float(words.replace(',', '.').replace('٫', '.')):.15g}"


def _may_be_thousands(words: str) -> bool:
    found = _IN_THOUSANDS.fullmatch(words)
    return found is not None and int(found[1]) != 0


def _day(words: str) -> str | None:
    """None also for a year of another calendar, which would be centuries ago in this one."""
    found = _DATE.fullmatch(words)
    if found is None:
        return None
    year, month, day = found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)
    if int(year) not in YEARS:
        return None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
