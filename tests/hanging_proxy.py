"""A way to PostgreSQL that can go dead without closing anything, like a cable that is pulled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

_CHUNK = 65536


@dataclass
class HangingProxy:
    """Accepts connections always; passes bytes on only while it flows."""

    #: The database's address, by this way.
    url: str
    flowing: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def hanging_proxy(url: str) -> AsyncIterator[HangingProxy]:
    """To a database that listens on a socket in a folder."""
    target = make_url(url)
    socket = Path(str(target.query["host"])) / ".s.PGSQL.5432"
    proxy = HangingProxy("")
    proxy.flowing.set()
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        this = asyncio.current_task()
        assert this is not None
        connections.add(this)
        try:
            there_reader, there_writer = await asyncio.open_unix_connection(socket)
            await asyncio.wait(
                (
                    asyncio.ensure_future(_pass_on(reader, there_writer, proxy.flowing)),
                    asyncio.ensure_future(_pass_on(there_reader, writer, proxy.flowing)),
                )
            )
        finally:
            connections.discard(this)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    proxy.url = target.set(host="127.0.0.1", port=port, query={}).render_as_string(False)
    try:
        yield proxy
    finally:
        proxy.flowing.set()
        server.close()
        if connections:
            await asyncio.wait(connections)


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flowing: asyncio.Event
) -> None:
    try:
        while chunk := await reader.read(_CHUNK):
            await flowing.wait()
            writer.write(chunk)
            await writer.drain()
    except ConnectionError:
        return
    finally:
        writer.close()
