"""`wayhome` as a test holds it: forked by the zygote, killed, stopped, frozen, asked."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio import StreamReader, StreamReaderProtocol
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from typing import Any

from tests.forking.zygote import LONGEST

HOUSE = Path(__file__).parents[2]
_ZYGOTE = "tests.forking.zygote"

Change = tuple[str | float, ...]


@dataclass(frozen=True, eq=False)
class Child:
    """As asyncio's Process, as far as tests need one."""

    pid: int
    #: Its exit code, or the negative number of the signal that ended it.
    ended: asyncio.Future[int]
    #: What it prints, unless that goes to a file.
    stdout: StreamReader | None = None
    stderr: StreamReader | None = None

    @property
    def lives(self) -> bool:
        return not self.ended.done()

    @property
    def returncode(self) -> int | None:
        return None if self.lives else self.ended.result()

    def send_signal(self, number: int) -> None:
        if self.lives:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def wait(self) -> int:
        return await asyncio.shield(self.ended)

    async def kill(self) -> None:
        """As kill -9 does, frozen or not."""
        self.send_signal(signal.SIGKILL)
        await self.wait()

    async def stop(self) -> int:
        """As a deploy does; its exit code."""
        self.send_signal(signal.SIGTERM)
        return await self.wait()

    async def communicate(self) -> tuple[bytes, bytes]:
        """What it prints until it ends."""
        assert self.stdout is not None
        assert self.stderr is not None
        out, err = await asyncio.gather(self.stdout.read(), self.stderr.read())
        await self.wait()
        return out, err


@dataclass
class Nursery:
    """The zygote as seen from the tests."""

    pid: int
    _orders: socket.socket
    _started: asyncio.Queue[tuple[int, asyncio.Future[int]]] = field(default_factory=asyncio.Queue)
    _ended: dict[int, asyncio.Future[int]] = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(
        self, words: Sequence[str], env: Mapping[str, str], folder: Path, *changes: Change
    ) -> Child:
        """`wayhome` with these words and settings, changed by these functions before it begins."""
        with ExitStack() as ends:
            (out, told), (err, complained) = [_pipe(ends) for _ in range(2)]
            born = await self._fork(words, env, folder, changes, (told, complained))
        return Child(*born, await _reader(out), await _reader(err))

    async def start_logging(
        self,
        words: Sequence[str],
        env: Mapping[str, str],
        folder: Path,
        log: Path,
        *changes: Change,
    ) -> Child:
        """The same; what it prints is added to the log."""
        with log.open("ab") as file:
            ends = (file.fileno(), file.fileno())
            return Child(*await self._fork(words, env, folder, changes, ends))

    async def _fork(
        self,
        words: Sequence[str],
        env: Mapping[str, str],
        folder: Path,
        changes: Sequence[Change],
        ends: tuple[int, int],
    ) -> tuple[int, asyncio.Future[int]]:
        order = json.dumps(
            {"words": [*words], "env": dict(env), "folder": str(folder), "changes": changes}
        ).encode()
        assert len(order) < LONGEST
        async with self._one_at_a_time:
            socket.send_fds(self._orders, [order], ends)
            return await self._started.get()

    async def listen(self) -> None:
        """Hears from the zygote until it ends."""
        loop = asyncio.get_running_loop()
        while news := await loop.sock_recv(self._orders, LONGEST):
            self._heard(json.loads(news))

    def _heard(self, news: Mapping[str, Any]) -> None:
        if "started" in news:
            pid = news["started"]
            self._ended[pid] = asyncio.get_running_loop().create_future()
            self._started.put_nowait((pid, self._ended[pid]))
        else:
            self._ended.pop(news["ended"]).set_result(news["code"])


def _pipe(writing: ExitStack) -> tuple[FileIO, int]:
    """The end that is read, and the one that is written to until this is over."""
    read, write = os.pipe()
    writing.callback(os.close, write)
    return FileIO(read), write


async def _reader(end: FileIO) -> StreamReader:
    reader = StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: StreamReaderProtocol(reader), end)
    return reader


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    with ours:
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", _ZYGOTE, str(theirs.fileno())),
                cwd=HOUSE,
                pass_fds=[theirs.fileno()],
            )
        running = Nursery(process.pid, ours)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(running.listen())
            try:
                yield running
            finally:
                ours.shutdown(socket.SHUT_WR)
                await process.wait()
                await listening
