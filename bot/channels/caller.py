"""Takes what is due through channels out of the database and speaks to them, outside of any
transaction, again and again.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from re import sub
from uuid import UUID

import structlog
from sqlalchemy import select, update

from bot.channels.reaching import reach
from bot.stopping import Stopping
from bot.telegram import code_of
from dialogs.notices import WORDINGS
from dialogs.screens import Telling
from dialogs.texts import Texts
from domain.channels import calling
from domain.channels.keeping import address_of
from domain.notices import Notice
from locales.catalogues import Catalogues
from storage.channels import AlertChannel, ChannelCall
from storage.keys import SealError
from storage.kinds import Discretion
from storage.sessions import AWAY, SERVICE, Database, Session

log = structlog.get_logger()

_LOOK_EVERY = 1.0
_MOST_AT_ONCE = 20
# Longer than any try takes: a caller that died meanwhile leaves it to another.
_LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Due:
    id: UUID
    #: None where the keys open it no more.
    address: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Caller:
    database: Database
    catalogues: Catalogues
    #: Where the console is.
    console: str
    allowed: Collection[str] = ()

    async def run(self, stopping: Stopping) -> None:
        while not stopping.is_set():
            try:
                busy = await self.call_some()
            except AWAY as error:
                log.warning("the database is away", action="channels.wait", error=code_of(error))
                busy = False
            if not busy:
                await stopping.pause(_LOOK_EVERY)

    async def call_some(self) -> bool:
        """What is due now, side by side; whether there was anything."""
        async with self.database.begin(SERVICE) as session:
            dues = await self._take(session)
        await asyncio.gather(*map(self._call, dues))
        return bool(dues)

    async def _call(self, due: Due) -> None:
        heard = due.address is not None and await reach(due.address, due.words, self.allowed)
        if not heard:
            log.error("a channel did not take an alert", action="channels.unsent")
        async with self.database.begin(SERVICE) as session:
            row = await session.get(ChannelCall, due.id, with_for_update=True)
            # Somebody has removed the channel meanwhile.
            if row is not None:
                await (calling.arrived if heard else calling.failed)(session, row)

    async def _take(self, session: Session) -> list[Due]:
        due = (
            select(ChannelCall.id)
            .where(ChannelCall.next_try_at <= session.database_now)
            .order_by(ChannelCall.next_try_at)
            .limit(_MOST_AT_ONCE)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        rows = await session.scalars(
            update(ChannelCall)
            .where(ChannelCall.id == due.c.id)
            .values(next_try_at=session.database_now + _LEASE, attempts=ChannelCall.attempts + 1)
            .returning(ChannelCall)
            .execution_options(synchronize_session=False)
        )
        return [
            Due(row.id, await _address(session, row), await self._words(session, row))
            for row in rows.all()
        ]

    async def _words(self, session: Session, row: ChannelCall) -> str:
        """As in Telegram, without its marks and buttons."""
        texts = Texts(row.language, Discretion.OPEN, self.catalogues.of(row.language))
        screen = await WORDINGS[Notice(row.notice)].words(Telling(session, texts, row.params))
        return f"{unescape(sub(r'<[^>]+>', '', screen.text))}\n{self.console}"


async def _address(session: Session, row: ChannelCall) -> str | None:
    try:
        return address_of(session, await session.get_one(AlertChannel, row.channel_id))
    except SealError:
        return None
