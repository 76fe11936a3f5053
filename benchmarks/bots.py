"""The peers: small echo bots of other libraries, each as its own process."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.service import new_token
from benchmarks.telegram import FastTelegram, text
from benchmarks.waiting import until

_WARM_UP = 200


@asynccontextmanager
async def running_bot(telegram: FastTelegram, module: str) -> AsyncIterator[str]:
    """The token of an echo bot that runs and has answered a few already."""
    token = new_token()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, telegram.url, token, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        await echo(telegram, token, [text(chat, "Hello") for chat in range(1, 1 + _WARM_UP)])
        yield token
    finally:
        process.terminate()
        await process.wait()


async def echo(telegram: FastTelegram, token: str, updates: Sequence[dict[str, Any]]) -> float:
    """Updates per second, from the first that is handed over to the last answer."""
    await telegram.forget(token)
    await telegram.put(token, updates)

    async def answered() -> bool:
        return (await telegram.progress(token)).calls >= len(updates)

    await until(answered)
    seen = await telegram.seen(token)
    return len(updates) / (seen.calls[-1].at - seen.handed[0].at)


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
