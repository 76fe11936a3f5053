"""Somebody who hears alarms: a small server for Apprise's json:// and for heartbeats."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.stopping import Stopping
from bot.web import listen, serve
from tests.process import free_port

# Of a busy machine: several processes start on it.
PATIENCE = 100.0


@dataclass
class Hearing:
    port: int
    #: Title and words, in order.
    alarms: list[tuple[str, str]] = field(default_factory=list)
    beats: int = 0
    deaf: bool = False
    _heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.port}/alarm"

    @property
    def heartbeat(self) -> str:
        return f"http://127.0.0.1:{self.port}/beat"

    @property
    def titles(self) -> list[str]:
        return [title for title, _ in self.alarms]

    async def until(self, is_so: Callable[[], bool], patience: float = PATIENCE) -> None:
        async with asyncio.timeout(patience), self._heard:
            await self._heard.wait_for(is_so)

    async def alarm(self, request: Request) -> Response:
        said = await request.json()
        async with self._heard:
            if not self.deaf:
                self.alarms.append((said["title"], said["message"]))
            self._heard.notify_all()
        return Response(status_code=503 if self.deaf else 200)

    async def beat(self, request: Request) -> Response:
        async with self._heard:
            self.beats += 1
            self._heard.notify_all()
        return Response()


@asynccontextmanager
async def somebody_hears() -> AsyncIterator[Hearing]:
    stopping, hearing = Stopping(), Hearing(free_port())
    routes = [
        Route("/alarm", hearing.alarm, methods=["POST"]),
        Route("/beat", hearing.beat),
    ]
    with listen("127.0.0.1", hearing.port) as listening:
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(Starlette(routes=routes), listening, stopping))
            yield hearing
            stopping.set()
