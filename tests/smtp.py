"""A mail server that takes everything, or refuses it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class MailServer:
    port: int
    refuses: bool = False
    #: Whole mails, as they came.
    taken: list[str] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode():
            word = line[:4].upper().strip()
            if word == "DATA":
                writer.write(b"354 go on\r\n")
                self.taken.append((await reader.readuntil(b"\r\n.\r\n")).decode())
                writer.write(b"250 taken\r\n")
            elif word == "RCPT" and self.refuses:
                writer.write(b"550 no such box\r\n")
            else:
                writer.write(b"221 bye\r\n" if word == "QUIT" else b"250 well\r\n")
            await writer.drain()
            if word == "QUIT":
                break
        writer.close()


@asynccontextmanager
async def mail_server(*, refuses: bool = False) -> AsyncIterator[MailServer]:
    here = MailServer(0, refuses)
    server = await asyncio.start_server(here.talk, "127.0.0.1", 0)
    here.port = server.sockets[0].getsockname()[1]
    yield here
    server.close()
