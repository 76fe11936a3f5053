"""How long ago somebody made sure of what a directory says."""

from datetime import date
from enum import StrEnum

#: Days after which a service is marked as old, and after which only staff find it.
STALE_AFTER = 180
HIDDEN_AFTER = 540


class Age(StrEnum):
    FRESH = "fresh"
    #: Shown, and marked as old.
    STALE = "stale"
    #: Too old to be shown to anybody but staff.
    HIDDEN = "hidden"
    #: Nobody said when; shown, and marked so, for as long as its source names it.
    UNKNOWN = "unknown"


def age_of(assured: date | None, named: date, today: date) -> Age:
    """Of what its source assured on the one day, and named last on the other."""
    # A slip of the pen would be fresh for ever; tomorrow it is somewhere already.
    if assured is None or (assured - today).days > 1:
        return Age.HIDDEN if (today - named).days > HIDDEN_AFTER else Age.UNKNOWN
    days = (today - assured).days
    if days > HIDDEN_AFTER:
        return Age.HIDDEN
    return Age.STALE if days > STALE_AFTER else Age.FRESH
