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
    #: Nobody said when; shown, and marked so.
    UNKNOWN = "unknown"


def age_of(assured: date | None, today: date) -> Age:
    if assured is None:
        return Age.UNKNOWN
    days = (today - assured).days
    if days < -1:
        # A slip of the pen would be fresh for ever; tomorrow it is somewhere already.
        return Age.UNKNOWN
    if days > HIDDEN_AFTER:
        return Age.HIDDEN
    return Age.STALE if days > STALE_AFTER else Age.FRESH
