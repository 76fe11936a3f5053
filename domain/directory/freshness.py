"""How long ago somebody made sure of what a directory says."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Age(StrEnum):
    FRESH = "fresh"
    #: Shown, and marked as old.
    STALE = "stale"
    #: Too old to be shown to anybody but staff.
    HIDDEN = "hidden"
    #: Nobody said when; shown, and marked so.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Freshness:
    """After how many days a service is marked, and after how many it is hidden."""

    stale_after: int = 180
    hidden_after: int = 540

    def age(self, assured: date | None, today: date) -> Age:
        if assured is None:
            return Age.UNKNOWN
        days = (today - assured).days
        if days > self.hidden_after:
            return Age.HIDDEN
        return Age.STALE if days > self.stale_after else Age.FRESH
