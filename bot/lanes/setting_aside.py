"""An update that fails every time, or kills: it is set aside, and a human told of it (P1)."""

from dataclasses import dataclass

import structlog

from bot.errors import code_of
from bot.lanes.handler import Handler
from bot.metrics.metrics import Metrics
from storage.away import is_away
from storage.inbox.failed import mark_failed
from storage.inbox.opened import asked_at, update_of
from storage.kinds import OfANewerRelease
from storage.sessions import SERVICE, Database, Session
from storage.tables.inbox import InboxRow

log = structlog.get_logger()

# Telling a human of it is begun so often: a process may die of something else just then, or the
# database be away, and another counts it once more.
_MOST_TELLINGS = 3
#: An update that was in hand at so many deaths is set aside at the next one, as one that fails
#: every time is.
MOST_DEATHS = 6


@dataclass(frozen=True, slots=True)
class SettingAside:
    database: Database
    handler: Handler
    metrics: Metrics

    async def failed(self, number: int, error: Exception) -> None:
        """It is tried again after a while, or was for the last time."""
        log.error("an update failed", action="lanes.failed", number=number, error=code_of(error))
        self.metrics.updates.labels("failed").inc()
        needs_newer = isinstance(error, OfANewerRelease)
        async with self.database.begin(SERVICE) as session:
            if await mark_failed(session, number, code_of(error), needs_newer=needs_newer):
                row = await session.get_one(InboxRow, number)
                await self._tell_a_human(session, row, deadly=False)

    async def kills(self, session: Session, row: InboxRow) -> None:
        row.set_aside_at, row.error = session.database_now, "Died"
        if row.deaths <= MOST_DEATHS + _MOST_TELLINGS:
            await self._tell_a_human(session, row, deadly=True)
        else:
            # Even the telling killed.
            log.critical("no human was told", action="lanes.lost", error="Died")

    async def _tell_a_human(self, session: Session, row: InboxRow, *, deadly: bool) -> None:
        """Raises what a database raises that is away: then it is no fault of the update's, and
        another try tells.
        """
        watched = row.watched_at is not None
        try:
            async with session.begin_nested():
                update = update_of(row, session.keys)
                session.asked_at = await asked_at(session, row, update)
                await self.handler.give_up(session, update, watched=watched, deadly=deadly)
        except Exception as failure:
            if is_away(failure):
                raise
            log.critical("no human was told", action="lanes.lost", error=code_of(failure))
        self.metrics.updates.labels("set-aside").inc()
        log.error("an update was set aside", action="lanes.set-aside", number=row.number)
