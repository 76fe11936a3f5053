"""When Wayhome was there. A press bears no date: of one that waited nobody knows more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Whatever is shorter is no absence; and Telegram may bring again what it could not bring then.
_SHORT = timedelta(minutes=1)
_STRAGGLERS = timedelta(minutes=2)


@dataclass
class Presence:
    """As its ticks show it."""

    _seen_at: datetime | None = None
    #: The last absence: since when, and until when.
    _away: tuple[datetime, datetime] | None = None

    def ticked(self, began: datetime, ended: datetime) -> None:
        if self._seen_at is not None and began - self._seen_at > _SHORT:
            self._away = self._seen_at, began
        self._seen_at = ended

    def when(self, pressed_at: datetime, came_at: datetime) -> datetime:
        """When it counts as pressed: as it came, unless it can have waited for Wayhome."""
        since = self._away_since(came_at)
        return came_at if since is None else max(pressed_at, since)

    def set_right(self, now: datetime) -> None:
        """The clock was ahead until now."""
        if self._seen_at is not None:
            self._seen_at = min(self._seen_at, now)
        if self._away is not None:
            self._away = min(self._away[0], now), min(self._away[1], now)

    def _away_since(self, moment: datetime) -> datetime | None:
        if self._seen_at is not None and moment - self._seen_at > _SHORT:
            return self._seen_at
        if self._away is not None and moment <= self._away[1] + _STRAGGLERS:
            return self._away[0]
        return None
