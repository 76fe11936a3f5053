"""A webhook that listens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from tests.simulator_server import RunningSimulator

Respond = Callable[[dict[str, object]], Awaitable[web.Response]]


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/hook"
    finally:
        await runner.cleanup()


def hook(respond: Respond) -> web.Application:
    async def handle(request: web.Request) -> web.Response:
        return await respond(await request.json())

    app = web.Application()
    app.router.add_post("/hook", handle)
    return app


def text_of(update: dict[str, object]) -> str:
    message = update["message"]
    assert isinstance(message, dict)
    return str(message["text"])


async def drained(telegram: RunningSimulator) -> None:
    """Wait until every update was taken."""
    arrivals = telegram.simulator.updates.arrivals
    async with asyncio.timeout(10):
        while telegram.simulator.updates.waiting:
            await arrivals.beyond(arrivals.version)
