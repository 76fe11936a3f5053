"""Serving the simulator on this machine only."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulator.app import create_app
from simulator.over_http.bot_api import CUT
from simulator.simulator import Simulator
from simulator.telegram import NotSaved

HOST = "127.0.0.1"
SAVE_EVERY = 1.0


class CuttingProtocol(HttpToolsProtocol):
    """Lets the application end a connection without an answer."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {CUT: self.transport.abort}  # type: ignore[dict-item] # ours


class GuestServer(uvicorn.Server):
    """Leaves the signals to whoever runs it, and serves until the simulator stops."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._stopping.wait()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(
    simulator: Simulator, *, port: int = 0, state: Path | None = None, webhook_delay: float = 1.0
) -> AsyncIterator[str]:
    """The simulator's address, while it is served. Port 0 takes a free one.

    Where `state` names a file, the world is saved there after changes and at the end. Raises
    NotSaved where that was not possible.
    """
    listener = socket.create_server((HOST, port))
    # asyncio does this only for sockets that name their protocol; without it answers come late.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(
        create_app(simulator, webhook_delay=webhook_delay),
        http=CuttingProtocol,
        access_log=False,
        log_config=None,
        date_header=False,
        timeout_graceful_shutdown=5,
    )
    server = GuestServer(config, simulator.stopping)
    try:
        async with asyncio.TaskGroup() as tasks:
            served = tasks.create_task(server.serve([listener]))
            saved = tasks.create_task(_keep(simulator, state)) if state else None
            try:
                yield f"http://{HOST}:{listener.getsockname()[1]}"
            finally:
                simulator.stop()
                await served
                if saved:
                    saved.cancel()
    finally:
        if state:
            simulator.save(state)


async def _keep(simulator: Simulator, state: Path) -> None:
    version = simulator.changes.version
    while True:
        version = await simulator.changes.beyond(version)
        # A full disk may have room again before the end, which says so otherwise.
        with suppress(NotSaved):
            simulator.save(state)
        await asyncio.sleep(SAVE_EVERY)
