"""Wayhome itself under load: an installation on the fast Bot API server, and what it has done."""

import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.database import entered, fresh_postgres
from benchmarks.telegram import FastTelegram, fast_telegram
from benchmarks.telegram import text as text_of
from benchmarks.waiting import until
from bot.embedded.postgres import EmbeddedPostgres
from storage.keys.files import read_key_file
from storage.sessions import SERVICE, Database
from storage.tables import inbox, outbox
from tests.forking.nursery import Nursery
from tests.process import Operator, Started, free_port, operator_of

_NOTHING_LEFT = text(
    f"SELECT NOT EXISTS (SELECT FROM inbox WHERE {inbox.WAITS})"
    f" AND NOT EXISTS (SELECT FROM outbox WHERE {outbox.WAITS})"
)
_LAST_HANDLED = text("SELECT extract(epoch FROM max(handled_at)) FROM inbox")


@dataclass(slots=True)
class BotAddress:
    """What tests/process.py wants to know of a Bot API server."""

    url: str
    token: str


@dataclass(slots=True)
class Service:
    postgres: EmbeddedPostgres
    telegram: FastTelegram
    #: For arranging and counting, beside the processes that are measured.
    database: Database
    operator: Operator
    token: str
    _next_chat: int = 1000
    _running: dict[Started, Operator] = field(default_factory=dict)

    def new_chats(self, count: int) -> range:
        """Of people whom nobody has met."""
        first = self._next_chat
        self._next_chat += count
        return range(first, self._next_chat)

    @asynccontextmanager
    async def running(
        self,
        *,
        profile: Path | None = None,
        port: int | None = None,
        module: str | None = None,
        **settings: str,
    ) -> AsyncIterator[Started]:
        """One replica as its own process; there may be several.

        `module`: what runs instead of Wayhome itself.
        """
        port = port or free_port()
        env = {**self.operator.env, "WAYHOME_PORT": str(port), **settings}
        operator = replace(self.operator, env=env, port=port, logs=[])
        if module is not None:
            operator = replace(operator, command=(sys.executable, "-m", module))
        if profile is not None:
            profiler = (sys.executable, "-m", "cProfile", "-o", str(Path.cwd() / profile))
            wayhome = str(Path(sys.executable).with_name("wayhome"))
            operator = replace(operator, command=(*profiler, wayhome))
        async with operator.running() as process:
            self._running[process] = operator
            try:
                await self._until_apart(operator)
                yield process
            finally:
                del self._running[process]

    async def _until_apart(self, operator: Operator) -> None:
        """It begins a process for its watch with the first message that falls to it."""
        while not any("watch.apart" in line for line in operator.logs):
            await self.put([text_of(chat, "Hello") for chat in self.new_chats(20)])
            await self.until_done()

    async def put(self, updates: Sequence[dict[str, Any]]) -> None:
        await self.telegram.put(self.token, updates)

    async def until_done(self) -> None:
        """Everything handed over is stored and handled, and everything said is sent."""
        await until(self._done)

    async def last_handled(self) -> float:
        """On the machine's wall clock."""
        async with self.database.begin(SERVICE) as session:
            return float((await session.execute(_LAST_HANDLED)).scalar_one() or 0)

    async def _done(self) -> bool:
        for process, operator in self._running.items():
            assert process.returncode is None, operator.logs
        if (await self.telegram.progress(self.token)).waiting:
            return False
        async with self.database.begin(SERVICE) as session:
            return bool((await session.execute(_NOTHING_LEFT)).scalar_one())


@asynccontextmanager
async def service(nursery: Nursery | None = None, /, **settings: str) -> AsyncIterator[Service]:
    """An installation without anybody in it, at Telegram's highest (paid) limit by default.

    `nursery`: for those who only try whether measuring works.
    """
    with tempfile.TemporaryDirectory() as name:
        async with fresh_postgres() as postgres, fast_telegram() as telegram:
            token = new_token()
            operator = operator_of(
                Path(name),
                postgres.run_url,
                BotAddress(telegram.url, token),
                nursery,
                **{"WAYHOME_TELEGRAM_RATE": "1000", **settings},
            )
            keys = read_key_file(Path(name) / "key")
            async with entered(postgres.run_url, keys) as database:
                yield Service(postgres, telegram, database, operator, token)


def new_token() -> str:
    """Of a bot that the fast server has not met."""
    return f"4242:{secrets.token_hex(16)}"
