"""What Telegram hands over at once. Where such words seem old, the database's clock is ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from time import time
from typing import Any

import structlog

from storage.inbox.clock_ahead import note_ahead, note_right
from storage.inbox.updates import sent_at
from storage.sessions import Session

log = structlog.get_logger()

# Telegram gives at most so many in one answer: then more may wait there.
_FULL = 100
_AT_ONCE = 60.0
# A clock that is off by less makes no answer late.
_TOLERATED = timedelta(minutes=2)
# Telegram itself may be late with one.
_IN_A_ROW = 3
_NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Freshness:
    """What one poller knows of its last answers from Telegram.

    Each answer leads to a new one of these, to go by once what came is kept: what could not be kept
    waits at Telegram, and comes again.
    """

    #: When nothing waited there last, by the wall's clock, which goes on while the machine sleeps.
    emptied_at: float = _NEVER
    #: Behind what came last more may wait.
    is_full: bool = False
    ages: tuple[timedelta, ...] = ()
    #: None where nothing is known of what was noted before.
    noted: timedelta | None = None

    @property
    def is_fresh(self) -> bool:
        """Whether what comes now was sent just now: nothing waited there a moment ago."""
        return not self.is_full and abs(time() - self.emptied_at) < _AT_ONCE

    @property
    def waited(self) -> timedelta | None:
        """How long what comes now may have waited; None where only those know it who asked before,
        as right after the start.
        """
        now = time()
        if not _NEVER < self.emptied_at <= now:
            return None
        return timedelta(seconds=now - self.emptied_at)

    def answered(self, how_many: int) -> "Freshness":
        """So many came now."""
        is_full = how_many >= _FULL
        return replace(self, is_full=is_full, emptied_at=self.emptied_at if is_full else time())

    async def compare(self, session: Session, fresh: Sequence[Mapping[str, Any]]) -> "Freshness":
        """By the newest of them, several times in a row."""
        sent = [moment for update in fresh if (moment := sent_at(update)) is not None]
        if not sent:
            return self
        age = session.database_now - max(sent)
        if age <= _TOLERATED:
            if self.noted != timedelta():
                await note_right(session)
            return replace(self, ages=(), noted=timedelta())
        ages = (*self.ages, age)
        if len(ages) < _IN_A_ROW:
            return replace(self, ages=ages)
        ahead = min(ages)
        await note_ahead(session, ahead)
        if abs(ahead - (self.noted or timedelta())) > _TOLERATED:
            seconds = int(ahead.total_seconds())
            log.warning("the database's clock is ahead", action="clock.ahead", number=seconds)
        return replace(self, ages=(), noted=ahead)
