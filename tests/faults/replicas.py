"""Replicas as a test holds them: started by the zygote, killed, stopped, frozen."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parents[2]
_ZYGOTE = [sys.executable, "-m", "tests.faults.zygote"]

Change = tuple[str | float, ...]


@dataclass(frozen=True)
class Replica:
    pid: int
    #: Its exit code, or the negative number of the signal that ended it.
    ended: asyncio.Future[int]

    @property
    def lives(self) -> bool:
        return not self.ended.done()

    def signal(self, number: signal.Signals) -> None:
        if self.lives:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def kill(self) -> None:
        """As kill -9 does, frozen or not."""
        self.signal(signal.SIGKILL)
        await asyncio.shield(self.ended)

    async def stop(self) -> int:
        """As a deploy does; its exit code."""
        self.signal(signal.SIGTERM)
        return await asyncio.shield(self.ended)


@dataclass
class Nursery:
    """The zygote as seen from the tests."""

    _process: Process
    _started: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    _replicas: dict[int, Replica] = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def start(self, env: Mapping[str, str], log: Path, *changes: Change) -> Replica:
        """`wayhome run` with these settings, changed by these functions before it begins."""
        async with self._one_at_a_time:
            order = {"env": dict(env), "log": str(log), "changes": changes}
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            pid = await self._started.get()
        return self._replicas[pid]

    async def listen(self) -> None:
        """Hears from the zygote until it ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._heard(json.loads(line))

    def _heard(self, news: Mapping[str, Any]) -> None:
        if "started" in news:
            pid = news["started"]
            ended = asyncio.get_running_loop().create_future()
            self._replicas[pid] = Replica(pid, ended)
            self._started.put_nowait(pid)
        else:
            self._replicas.pop(news["ended"]).ended.set_result(news["code"])


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    process = await asyncio.create_subprocess_exec(
        *_ZYGOTE, cwd=HOUSE, stdin=PIPE, stdout=PIPE, limit=2**20
    )
    running = Nursery(process)
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(running.listen())
        try:
            yield running
        finally:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()
            listening.cancel()
