import asyncio
import socket

import pytest

from bot.web import listen


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_no_answer_waits_until_the_one_before_was_acknowledged(host: str) -> None:
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    listening = listen(host, 0)
    server = await asyncio.start_server(lambda _, writer: accepted.put(writer), sock=listening)
    async with server:
        _, ours = await asyncio.open_connection(sock=_connected(listening))
        theirs = await accepted.get()
        connection = theirs.get_extra_info("socket")
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        ours.close()
        theirs.close()


def _connected(listening: socket.socket) -> socket.socket:
    return socket.create_connection(listening.getsockname()[:2])
