"""What the fast Bot API server itself can take, so that nobody's figure is really its own."""

import asyncio
import time
from typing import cast

from benchmarks.telegram import FastTelegram

_SIDE_BY_SIDE = 20
_BODY = b"chat_id=1&text=How+are+you"
_CALL = (
    b"POST /bot1:ceiling/sendMessage HTTP/1.1\r\nhost: localhost\r\n"
    b"content-type: application/x-www-form-urlencoded\r\ncontent-length: %d\r\n\r\n%s"
) % (len(_BODY), _BODY)


class Caller(asyncio.Protocol):
    """Calls again as soon as it is answered, and reads no answer: each comes in one piece."""

    def __init__(self, calls: int) -> None:
        self._left = calls
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(_CALL)

    def data_received(self, data: bytes) -> None:
        self._left -= 1
        if self._left:
            self._transport.write(_CALL)
        else:
            self._transport.close()
            self.done.set_result(None)


async def server_ceiling(telegram: FastTelegram, calls: int) -> float:
    """Sends per second of a client that does nothing but write the same bytes."""
    host, _, port = telegram.url.removeprefix("http://").partition(":")
    loop = asyncio.get_running_loop()
    begun = time.monotonic()
    callers = [
        await loop.create_connection(
            lambda: Caller(max(1, calls // _SIDE_BY_SIDE)), host, int(port)
        )
        for _ in range(_SIDE_BY_SIDE)
    ]
    await asyncio.gather(*(caller.done for _, caller in callers))
    return calls / (time.monotonic() - begun)
