"""How long before or after a day a step is, in words."""

from collections.abc import Mapping
from datetime import timedelta
from math import inf
from typing import Literal

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import get_minus_sign_symbol

from domain.pathways.values import Offset, Unit

#: What Babel calls each, and how long it takes one to be.
_UNITS: Mapping[Unit, tuple[Literal["day", "week", "month"], timedelta]] = {
    Unit.DAYS: ("day", timedelta(days=1)),
    Unit.WEEKS: ("week", timedelta(weeks=1)),
    Unit.MONTHS: ("month", timedelta(days=30)),
}


def offset_said(offset: Offset, locale: Locale) -> str:
    """Such as "2 weeks" or "-3 days"."""
    unit, one = _UNITS[offset.unit]
    # As a span: Babel's words for a number of units lack the forms that Arabic has of weeks.
    said = format_timedelta(abs(offset.number) * one, unit, threshold=inf, locale=locale)
    # Before the words, too: Arabic writes one and two without a figure.
    return get_minus_sign_symbol(locale) + said if offset.number < 0 else said
