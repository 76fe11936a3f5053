"""The fast Bot API server as a process of its own, and the phones behind it."""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from aiohttp import ClientSession, ClientTimeout

from benchmarks.processes import Usage, usage_of


class Call(NamedTuple):
    """What arrived for a chat. `at` is the machine's wall clock, as time.time() gives it."""

    at: float
    method: str
    chat: int


class Handed(NamedTuple):
    at: float
    updates: int


@dataclass(frozen=True, slots=True)
class Seen:
    handed: list[Handed]
    calls: list[Call]


class Progress(NamedTuple):
    #: Updates that the bot has not yet acknowledged by asking for the next.
    waiting: int
    calls: int


@dataclass(frozen=True, slots=True)
class FastTelegram:
    """All of a token's updates and calls; another token is another bot."""

    url: str
    pid: int
    _client: ClientSession

    async def put(self, token: str, updates: Sequence[dict[str, Any]]) -> None:
        """To be handed out in this order, after all that was put before."""
        await self._control(token, "updates", updates)

    async def delay(self, token: str, seconds: float) -> None:
        """From now on each of its calls takes that long; a poll never does."""
        await self._control(token, "delay", seconds)

    async def seen(self, token: str) -> Seen:
        """Since the beginning, or since it was told to forget."""
        seen = await self._control(token, "seen")
        return Seen(
            [Handed(*handed) for handed in seen["handed"]], [Call(*call) for call in seen["calls"]]
        )

    async def progress(self, token: str) -> Progress:
        return Progress(**await self._control(token, "progress"))

    async def buttons(self, token: str) -> dict[int, list[str]]:
        """The callback data of each chat's newest keyboard."""
        keyboards = await self._control(token, "keyboards")
        return {int(chat): _buttons(call) for chat, call in keyboards.items()}

    async def forget(self, token: str) -> None:
        await self._control(token, "forget")

    def usage(self) -> Usage:
        return usage_of(self.pid)

    async def _control(self, token: str, verb: str, body: Any = None) -> Any:
        url = f"{self.url}/control/{token}/{verb}"
        async with self._client.post(url, json=body) as response:
            return await response.json()


@asynccontextmanager
async def fast_telegram() -> AsyncIterator[FastTelegram]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.bot_api", stdout=PIPE
    )
    try:
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().strip()
        async with ClientSession(timeout=ClientTimeout(60)) as client:
            yield FastTelegram(url, process.pid, client)
    finally:
        process.kill()
        await process.wait()


def _buttons(call: str) -> list[str]:
    keyboard = json.loads(call)["reply_markup"]["inline_keyboard"]
    return [button["callback_data"] for row in keyboard for button in row]


def text(chat: int, words: str, number: int = 1) -> dict[str, Any]:
    """Somebody writes in a private chat."""
    return {
        "message": {
            "message_id": number,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "P"},
            "from": _person(chat),
            "text": words,
        }
    }


def press(chat: int, data: str, message: int) -> dict[str, Any]:
    """Somebody presses a button under a message of the bot's."""
    return {
        "callback_query": {
            "id": f"{chat}-{message}",
            "from": _person(chat),
            "chat_instance": "1",
            "data": data,
            "message": {
                "message_id": message,
                "date": 1750000000,
                "chat": {"id": chat, "type": "private", "first_name": "P"},
                "text": "as it went",
            },
        }
    }


def _person(number: int) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "P", "language_code": "en"}
