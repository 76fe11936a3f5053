"""A mail server that takes everything and keeps it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

_ANSWERS = {b"EHLO": b"250 here", b"HELO": b"250 here", b"DATA": b"354 go on", b"QUIT": b"221 bye"}


@dataclass
class Mailbox:
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    deaf: bool = False
    _kept: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with self._kept:
            await self._kept.wait_for(is_so)

    @property
    def address(self) -> str:
        return (
            f"mailto://127.0.0.1:{self.port}?from=wayhome@example.org&to=duty@example.org"
            "&mode=insecure"
        )

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n" if not self.deaf else b"421 closed\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            writer.write(_ANSWERS.get(verb, b"250 fine") + b"\r\n")
            if verb == b"DATA":
                await writer.drain()
                raw = await reader.readuntil(b"\r\n.\r\n")
                mail = message_from_bytes(raw[:-3], policy=policy.default)
                assert isinstance(mail, EmailMessage)
                async with self._kept:
                    self.mails.append(mail)
                    self._kept.notify_all()
                writer.write(b"250 kept\r\n")
            if verb == b"QUIT":
                break
        writer.close()


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    server = await asyncio.start_server(box.talk, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    yield box
    server.close()
