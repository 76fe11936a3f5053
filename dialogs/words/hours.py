"""The hours that can be chosen with one tap; the default is the first that a person has."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import time

from dialogs.texts import Texts
from domain.marks import N_
from domain.safety.window import UNKNOWN, Window

HOURS = {
    "day": Window(),
    "any": Window(opens=time(0), closes=time(0)),
    "morning": Window(opens=time(8), closes=time(12)),
    "afternoon": Window(opens=time(12), closes=time(17)),
    "evening": Window(opens=time(17), closes=time(21)),
}
NAMES = {
    "day": N_("By day, 9 to 20"),
    "any": N_("Any time"),
    "morning": N_("Mornings, 8 to 12"),
    "afternoon": N_("Afternoons, 12 to 17"),
    "evening": N_("Evenings, 17 to 21"),
}


def in_words(texts: Texts, window: Window) -> str:
    """The hours, and on which days, where not on all."""
    if window == UNKNOWN:
        return "–"
    named = (name for name, hours in HOURS.items() if hours == replace(window, days=hours.days))
    name = next(named, None)
    hours = texts(NAMES[name]) if name else f"{window.opens:%H:%M}–{window.closes:%H:%M}"
    if window.days == Window().days:
        return hours
    return f"{hours} ({days_in_words(texts, window.days)})"


def days_in_words(texts: Texts, days: Iterable[int]) -> str:
    return texts.listed(day_name(texts, day) for day in sorted(days))


def day_name(texts: Texts, day: int) -> str:
    """In short; Monday is 0."""
    return str(texts.locale.days["stand-alone"]["abbreviated"][day])
