"""`wayhome` as its own process, as an operator starts it."""

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

from storage.keys.files import make_key_file
from tests.forking.nursery import Child, Nursery


class BotApiServer(Protocol):
    url: str
    token: str


Started = Process | Child


_COMMAND = (sys.executable, "-c", "from bot.commands.main import main; main()")
_START = 100.0
_LOOK = 0.1


# Below what a system gives of its own accord, so that nobody else gets one before its taker does.
_PORTS = range(16_000, 32_000)


def free_port() -> int:
    """A port that stays free for whoever asked until they listen on it."""
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port


@dataclass
class Operator:
    """Somebody at a shell, with the settings of one installation."""

    env: dict[str, str]
    folder: Path
    port: int
    logs: list[str] = field(default_factory=list)
    command: Sequence[str] = _COMMAND
    #: Where it is forked, to save the seconds of a start; else it is the command itself.
    nursery: Nursery | None = None
    _logged: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    async def type(self, *words: str) -> tuple[int, str, str]:
        """A command's exit code, and what it printed to stdout and stderr."""
        process = await self.start(*words)
        out, err = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()

    async def ask(self, *words: str) -> Any:
        """What a command answers with --json. It must succeed."""
        code, out, err = await self.type(*words, "--json")
        assert code == 0, err
        return json.loads(out)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Started]:
        """`wayhome run`, from the time it is ready until it has stopped cleanly."""
        process = await self.start("run")
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(self._read(process))
            try:
                await self._until_ready(process)
                yield process
            finally:
                if process.returncode is None:
                    process.send_signal(signal.SIGTERM)
                await process.wait()
                await reading

    async def start(self, *words: str) -> Started:
        """A command that runs until it is told to stop, or ends by itself."""
        if self.nursery is not None and self.command is _COMMAND:
            return await self.nursery.start(words, self.env, self.folder)
        return await asyncio.create_subprocess_exec(
            *self.command, *words, env=self.env, cwd=self.folder, stdout=PIPE, stderr=PIPE
        )

    async def _read(self, process: Started) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            self.logs.append(line.decode())
            async with self._logged:
                self._logged.notify_all()

    async def has_logged(self, action: str) -> None:
        """Returns once a line of the log says so."""
        async with self._logged:
            await self._logged.wait_for(lambda: any(action in line for line in self.logs))

    async def _until_ready(self, process: Started) -> None:
        async with asyncio.timeout(_START), httpx.AsyncClient() as client:
            while not await self._ready(client):
                assert process.returncode is None, "".join(self.logs)
                await asyncio.sleep(_LOOK)

    async def _ready(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(f"{self.address}/readyz")).is_success
        except httpx.TransportError:
            return False


def operator_of(
    folder: Path,
    url: str,
    telegram: BotApiServer,
    nursery: Nursery | None = None,
    /,
    **settings: str,
) -> Operator:
    """An installation on a database and a Telegram that are there already."""
    make_key_file(folder / "key")
    port = free_port()
    env = _env(folder, port, url, telegram, settings)
    return Operator(env, folder, port, nursery=nursery)


def _env(
    folder: Path, port: int, url: str, telegram: BotApiServer, settings: Mapping[str, str]
) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WAYHOME_")}
    return {
        **kept,
        "PYTHONPATH": str(Path(__file__).parent.parent),
        "WAYHOME_BOT_TOKEN": telegram.token,
        "WAYHOME_TELEGRAM_API_URL": telegram.url,
        "WAYHOME_DATABASE_URL": url,
        "WAYHOME_DATA_DIR": str(folder),
        "WAYHOME_PORT": str(port),
        **settings,
    }
