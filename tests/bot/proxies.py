"""What stands between Telegram and us."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

Tried = asyncio.Queue[str]


@asynccontextmanager
async def refusing(tried: Tried) -> AsyncIterator[str]:
    """A proxy in front of nothing."""

    async def refuse(request: web.Request) -> web.Response:
        tried.put_nowait(request.path)
        return web.Response(status=502)

    app = web.Application()
    app.router.add_post("/{path:.*}", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
