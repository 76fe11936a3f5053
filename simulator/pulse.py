"""Waking whoever waits for a change."""

import asyncio


class Pulse:
    """A counter that many may wait on. A beat never blocks, and no waiter misses one."""

    def __init__(self) -> None:
        self.version = 0
        self._next = asyncio.Event()

    def beat(self) -> None:
        self.version += 1
        passed, self._next = self._next, asyncio.Event()
        passed.set()

    async def beyond(self, version: int) -> int:
        """Wait until the counter has passed `version`; the counter then."""
        while self.version <= version:
            await self._next.wait()
        return self.version
