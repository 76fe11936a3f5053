"""A way in that can be cut, closed and led elsewhere, as networks and fail-overs do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Streams]]

_CHUNK = 65536


@dataclass
class Proxy:
    #: Where the next connection leads.
    connect: Connect
    port: int = 0
    #: Whoever comes is turned away.
    closed: bool = False
    turned_away: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Every connection breaks, in the middle of whatever it carries."""
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.closed:
            self.turned_away += 1
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            with suppress(OSError):
                there_reader, there_writer = await self.connect()
                await self._join(reader, writer, there_reader, there_writer)
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _join(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there_reader: asyncio.StreamReader,
        there_writer: asyncio.StreamWriter,
    ) -> None:
        self._open.add(there_writer)
        ways = [
            asyncio.ensure_future(_carry(reader, there_writer)),
            asyncio.ensure_future(_carry(there_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._open.discard(there_writer)
            there_writer.transport.abort()
            writer.transport.abort()
            await asyncio.gather(*ways)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()


@asynccontextmanager
async def proxy(connect: Connect) -> AsyncIterator[Proxy]:
    """On a free port of this machine."""
    made = Proxy(connect)
    server = await asyncio.start_server(made._serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        made.cut()
        await server.wait_closed()
