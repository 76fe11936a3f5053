"""This process among its equals: one connection of its own that listens, tells and may lead."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import structlog
from sqlalchemy import make_url

from bot.stopping import Stopping
from bot.telegram import code_of
from storage.wakes import Topic, Wakes

log = structlog.get_logger()

_CHANNEL = "wayhome"
# Any constant of ours: whoever holds this advisory lock polls Telegram.
_LEADER = 0x57415948
_LEAST_BETWEEN_TELLS = 0.05
_ASK_TO_LEAD = 2.0


class Replica:
    def __init__(self, url: str, wakes: Wakes) -> None:
        self._url = make_url(url)
        self._wakes = wakes
        self.leads = False
        #: Set when leading begins or ends.
        self.changed = asyncio.Event()
        # A connection does one thing at a time.
        self._turn = asyncio.Lock()

    async def run(self, stopping: Stopping) -> None:
        """Keeps the connection, and makes it anew when it breaks: until it is time to stop."""
        while not stopping.is_set():
            try:
                async with self._connection() as connection:
                    await self._serve(connection, stopping)
            except* (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as errors:
                error = code_of(errors.exceptions[0])
                log.warning("the database is away", action="replica.wait", error=error)
                await stopping.pause(1.0)
            finally:
                self._set_leads(False)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        connection = await asyncpg.connect(
            user=self._url.username,
            password=self._url.password,
            host=self._url.query.get("host") or self._url.host,
            port=self._url.port or 5432,
            database=self._url.database,
        )
        try:
            yield connection
        finally:
            await connection.close(timeout=2)

    async def _serve(self, connection: Any, stopping: Stopping) -> None:
        await connection.add_listener(_CHANNEL, self._heard)
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(self._tell(connection))
            while not stopping.is_set() and not lost.is_set():
                if not self.leads:
                    self._set_leads(await self._ask_to_lead(connection))
                await stopping.wait_for(lost, _ASK_TO_LEAD)
            telling.cancel()

    async def _ask_to_lead(self, connection: Any) -> bool:
        async with self._turn:
            return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LEADER))

    async def _tell(self, connection: Any) -> None:
        while True:
            for topic in await self._wakes.to_tell():
                async with self._turn:
                    await connection.execute("SELECT pg_notify($1, $2)", _CHANNEL, topic)
            await asyncio.sleep(_LEAST_BETWEEN_TELLS)

    def _heard(self, connection: Any, pid: int, channel: str, topic: str) -> None:
        if pid != connection.get_server_pid() and topic in set(Topic):
            self._wakes.heard(Topic(topic))

    def _set_leads(self, leads: bool) -> None:
        if leads != self.leads:
            self.leads = leads
            self.changed.set()
            log.info("leading" if leads else "not leading", action="replica.leads")
