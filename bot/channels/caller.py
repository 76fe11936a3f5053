"""Takes what is due through channels out of the database and speaks to them, outside of any
transaction, again and again.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from bot.channels.reaching import reach
from bot.channels.saying import said
from bot.errors import code_of
from bot.stopping import Stopping
from domain.alerts.under_way import may_be_called_no_more
from domain.channels import calling
from domain.channels.keeping import address_of
from domain.notices import Notice
from locales.catalogues import Catalogues
from storage.away import AWAY
from storage.keys.keyring import SealError
from storage.sessions import SERVICE, Database, Session
from storage.tables.channels import AlertChannel, ChannelCall
from storage.wakes import Topic

log = structlog.get_logger()

# What is new wakes whoever waits; what is tried again is seen soon enough.
_LOOK_EVERY = 5.0
_DATABASE_PAUSE = 1.0
_MOST_AT_ONCE = 50
# What fails may hang, and then it holds its place for long: the others keep half of them.
_MOST_FAILING = 25
# For what is being said when it is time to stop: another would say it once more, seconds later.
_LAST_WORDS = 10.0


@dataclass(frozen=True, slots=True)
class Due:
    id: UUID
    channel_id: UUID
    #: Whether the channel has failed since it last worked.
    failing: bool
    #: None where the keys open it no more.
    address: str | None
    #: None where this release can't word it, as an older one beside a newer one can't.
    words: str | None


@dataclass(slots=True)
class Caller:
    database: Database
    catalogues: Catalogues
    #: Where the console is.
    console: str
    allowed: Collection[str] = ()
    #: The replica that this is, so that others know whose calls are nobody's when it is dead.
    taker: int | None = None
    #: Channels that are spoken to just now, and whether they fail: one thing at a time, so that one
    #: that hangs holds up nobody else's alerts.
    _busy: dict[UUID, bool] = field(default_factory=dict)

    async def run(self, stopping: Stopping) -> None:
        """Until it is time to stop; what still hangs a while later is left to the next caller."""
        async with (
            asyncio.TaskGroup() as group,
            self.database.wakes.waiting(Topic.CHANNELS) as woken,
        ):
            while not stopping.is_set():
                woken.clear()
                try:
                    for due in await self.take_some():
                        group.create_task(self._unless_stopped(stopping, due))
                except AWAY as error:
                    log.warning(
                        "the database is away", action="channels.wait", error=code_of(error)
                    )
                    await stopping.pause(_DATABASE_PAUSE)
                else:
                    await stopping.wait_for(woken, _LOOK_EVERY)

    async def take_some(self) -> list[Due]:
        """Of each channel what has waited longest."""
        async with self.database.begin(SERVICE) as session:
            dues = await self._take(session)
        self._busy |= {due.channel_id: due.failing for due in dues}
        return dues

    async def _unless_stopped(self, stopping: Stopping, due: Due) -> None:
        try:
            await stopping.unless_stopped(self.call(due), last_seconds=_LAST_WORDS)
        # Its lease runs out, and then it is tried again.
        except AWAY as error:
            log.warning("the database is away", action="channels.wait", error=code_of(error))
        # What is odd about one call must not end the others.
        except Exception as error:
            log.error("a call was not booked", action="channels.failed", error=code_of(error))

    async def call(self, due: Due) -> None:
        """Speaks to the channel, and books whether it listened."""
        try:
            heard = await self._is_heard(due)
            if not heard:
                log.error("a channel did not take an alert", action="channels.unsent")
            async with self.database.begin(SERVICE) as session:
                row = await session.get(ChannelCall, due.id, with_for_update=True)
                # Somebody has removed the channel meanwhile.
                if row is not None:
                    await (calling.arrived if heard else calling.failed)(session, row)
        finally:
            self._busy.pop(due.channel_id, None)
            # Another may wait for the same channel.
            self.database.wakes.heard(Topic.CHANNELS)

    async def _is_heard(self, due: Due) -> bool:
        if due.address is None or due.words is None:
            return False
        return await reach(due.address, due.words, self.allowed)

    async def _take(self, session: Session) -> list[Due]:
        """Those that work come first."""
        dues = await self._take_some(session, _MOST_AT_ONCE - len(self._busy), failing=False)
        left = _MOST_AT_ONCE - len(self._busy) - len(dues)
        failing = min(left, _MOST_FAILING - sum(self._busy.values()))
        return dues + await self._take_some(session, failing, failing=True)

    async def _take_some(self, session: Session, most: int, *, failing: bool) -> list[Due]:
        """What is tried again may be for somebody who must hear nothing of it by now."""
        rows = await calling.take_due(session, self._busy, most, failing=failing, taker=self.taker)
        dues = []
        for row in rows:
            if await may_be_called_no_more(session, row):
                await session.delete(row)
                # Something else may wait for the same channel.
                session.wakes(Topic.CHANNELS)
            else:
                dues.append(await self._due(session, row, failing))
        return dues

    async def _due(self, session: Session, row: ChannelCall, failing: bool) -> Due:
        words = await self._words(session, row)
        return Due(row.id, row.channel_id, failing, await _address(session, row), words)

    async def _words(self, session: Session, row: ChannelCall) -> str | None:
        """One that nobody can make sense of must not silence all the others."""
        try:
            notice = Notice(row.notice)
            return await said(
                session, self.catalogues, notice, row.params, row.language, self.console
            )
        except DBAPIError:
            raise
        except Exception as error:
            log.error("an alert can't be worded", action="channels.word", error=code_of(error))
            return None


async def _address(session: Session, row: ChannelCall) -> str | None:
    try:
        return address_of(session, await session.get_one(AlertChannel, row.channel_id))
    except SealError:
        return None
