"""A Telegram that takes its time, as the peers and Wayhome meet it in a measurement."""

import asyncio

from aiohttp import ClientSession

from benchmarks.telegram import fast_telegram, text
from benchmarks.waiting import until

_TOKEN = "4242:slow"


async def test_a_call_is_on_its_way_while_a_poll_is_answered_at_once() -> None:
    answered: list[str] = []

    async with fast_telegram() as telegram, ClientSession() as client:

        async def call(method: str, body: dict[str, int]) -> None:
            async with client.post(f"{telegram.url}/bot{_TOKEN}/{method}", json=body) as response:
                await response.read()
            answered.append(method)

        async def called() -> bool:
            return (await telegram.progress(_TOKEN)).calls == 1

        await telegram.delay(_TOKEN, 2)
        await telegram.put(_TOKEN, [text(1, "Hello")])
        async with asyncio.TaskGroup() as group:
            group.create_task(call("sendMessage", {"chat_id": 1}))
            await until(called)
            await call("getUpdates", {"offset": 0, "timeout": 1})

    assert answered == ["getUpdates", "sendMessage"]
