"""The peers: small echo bots of other libraries, each as its own process."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.service import new_token
from benchmarks.telegram import FastTelegram, text
from benchmarks.waiting import until

_WARM_UP = 200


@dataclass(frozen=True, slots=True)
class Peer:
    """An echo bot, and how it is set up."""

    name: str
    module: str
    #: Of its rate, Wayhome's goal.
    at_least: float
    settings: tuple[str, ...] = ()
    #: One in so many of the load is enough to show its rate.
    share: int = 1


@dataclass(frozen=True, slots=True)
class EchoBot:
    telegram: FastTelegram
    token: str
    process: Process

    async def echo(self, updates: Sequence[dict[str, Any]], delay: float = 0) -> float:
        """Updates per second, from the first that is handed over to the last answer.

        `delay`: seconds that each of its calls takes.
        """
        await self.telegram.forget(self.token)
        await self.telegram.delay(self.token, delay)
        await self.telegram.put(self.token, updates)

        async def answered() -> bool:
            assert self.process.returncode is None, "the peer has died"
            return (await self.telegram.progress(self.token)).calls >= len(updates)

        await until(answered)
        seen = await self.telegram.seen(self.token)
        return len(updates) / (seen.calls[-1].at - seen.handed[0].at)


@asynccontextmanager
async def running_bot(telegram: FastTelegram, peer: Peer) -> AsyncIterator[EchoBot]:
    """An echo bot that has answered a few already."""
    token = new_token()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", peer.module, telegram.url, token, *peer.settings),
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    bot = EchoBot(telegram, token, process)
    try:
        await bot.echo([text(chat, "Hello") for chat in range(1, 1 + _WARM_UP)])
        yield bot
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def bare_sends(telegram: FastTelegram, sends: int, side_by_side: int) -> float:
    """Sends per second of a loop that does nothing else."""
    token = new_token()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.peers.aiogram_sends"),
        *(telegram.url, token, str(sends), str(side_by_side)),
    )
    await process.wait()
    calls = (await telegram.seen(token)).calls
    return len(calls) / (calls[-1].at - calls[0].at)
