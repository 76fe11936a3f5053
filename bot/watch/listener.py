"""Keeps what organisations listen for besides at hand, as it stands now."""

import asyncio

import structlog

from bot.errors import code_of
from bot.stopping import Stopping
from domain.lexicon.cache import Lexicons
from storage.away import AWAY
from storage.sessions import SERVICE, Database
from storage.wakes import Topic

log = structlog.get_logger()

# A replica hears of a change at once; a notification that was lost delays it so long.
_LOOK_AGAIN = 5.0
_PAUSE = 1.0


class Listener:
    def __init__(self, database: Database) -> None:
        self._database = database
        self.lexicons = Lexicons()
        #: Set once they are read: no message is judged without them.
        self.ready = asyncio.Event()

    async def run(self, stopping: Stopping) -> None:
        async with self._database.wakes.waiting(Topic.LEXICONS) as woken:
            while not stopping.is_set():
                woken.clear()
                try:
                    async with self._database.begin(SERVICE) as session:
                        await self.lexicons.refresh(session)
                except AWAY as error:
                    log.warning(
                        "the database is away", action="lexicons.wait", error=code_of(error)
                    )
                    await stopping.pause(_PAUSE)
                    continue
                self.ready.set()
                await stopping.wait_for(woken, _LOOK_AGAIN)
