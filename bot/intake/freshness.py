"""Words that Telegram hands over at once, and that seem old: the database's clock is ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog

from storage.clock_ahead import is_ahead, is_right
from storage.inbox import sent_at
from storage.sessions import Session

log = structlog.get_logger()

# Telegram gives at most so many in one answer: then more may wait there.
_FULL = 100
_AT_ONCE = 60.0
# A clock that is off by less makes no answer late.
_TOLERATED = timedelta(minutes=2)
# Telegram itself may be late with one.
_IN_A_ROW = 3


@dataclass(slots=True)
class Freshness:
    """What one poller knows of its last answers from Telegram."""

    _emptied_at: float = float("-inf")
    _ages: list[timedelta] = field(default_factory=list)
    #: None where nothing is known of what was noted before.
    _noted: timedelta | None = None

    def answered(self, how_many: int) -> bool:
        """Whether what came now was sent just now: nothing waited there a moment ago."""
        is_fresh = monotonic() - self._emptied_at < _AT_ONCE
        self._emptied_at = monotonic() if how_many < _FULL else float("-inf")
        return is_fresh

    async def compare(self, session: Session, fresh: Sequence[Mapping[str, Any]]) -> None:
        """By the newest of them, several times in a row."""
        sent = [moment for update in fresh if (moment := sent_at(update)) is not None]
        if not sent:
            return
        age = session.database_now - max(sent)
        if age <= _TOLERATED:
            self._ages.clear()
            if self._noted != timedelta():
                await is_right(session)
                self._noted = timedelta()
            return
        self._ages.append(age)
        if len(self._ages) < _IN_A_ROW:
            return
        ahead = min(self._ages)
        self._ages.clear()
        await is_ahead(session, ahead)
        if abs(ahead - (self._noted or timedelta())) > _TOLERATED:
            seconds = int(ahead.total_seconds())
            log.warning("the database's clock is ahead", action="clock.ahead", number=seconds)
        self._noted = ahead
