"""One ASGI application: the Bot API, the phones, and their page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simulator.errors import ApiError
from simulator.over_http.bot_api import BotApi
from simulator.over_http.phones import PhoneApi
from simulator.over_http.webhook import WebhookCourier
from simulator.simulator import Simulator

PAGE = Path(__file__).parent / "page"


def create_app(simulator: Simulator, *, webhook_delay: float) -> Starlette:
    """`webhook_delay`: seconds until an update that the webhook refused is brought again."""
    api = BotApi(simulator)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            courier = WebhookCourier(simulator, first_delay=webhook_delay)
            delivery = tasks.create_task(courier.run())
            yield
            delivery.cancel()

    return Starlette(
        routes=[
            Route("/bot{token}/{method}", api.call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", api.download),
            *PhoneApi(simulator).routes(),
            Route("/", _page),
            Mount("/static", StaticFiles(directory=PAGE, check_dir=False)),
        ],
        exception_handlers={ApiError: _refuse},
        lifespan=lifespan,
    )


async def _page(request: Request) -> Response:
    return FileResponse(PAGE / "index.html")


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return JSONResponse(error.envelope(), error.code)
