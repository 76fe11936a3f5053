"""How those who wait for work learn that there is some.

A process wakes itself at once. Other replicas hear by NOTIFY, sent beside the transactions and
not within them (a NOTIFY in a hot transaction makes all commits queue), at most twenty times a
second, carrying a topic and no ids. Whoever waits looks again by itself from time to time, so a
lost notification delays and loses nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from enum import StrEnum


class Topic(StrEnum):
    INBOX = "inbox"
    OUTBOX = "outbox"
    CASES = "cases"
    LEXICONS = "lexicons"
    CHANNELS = "channels"


class Wakes:
    def __init__(self) -> None:
        self._waiters: dict[Topic, set[asyncio.Event]] = {topic: set() for topic in Topic}
        self._to_tell: set[Topic] = set()
        self._something_to_tell = asyncio.Event()

    def wake(self, topics: Iterable[Topic]) -> None:
        """Wakes this process now, and the others soon."""
        for topic in topics:
            self.heard(topic)
            self._to_tell.add(topic)
            self._something_to_tell.set()

    def heard(self, topic: Topic) -> None:
        """Wakes this process only: another one has told."""
        for waiter in self._waiters[topic]:
            waiter.set()

    async def to_tell(self) -> set[Topic]:
        """Waits until there is something that the other replicas should hear."""
        await self._something_to_tell.wait()
        self._something_to_tell.clear()
        topics, self._to_tell = self._to_tell, set()
        return topics

    @asynccontextmanager
    async def waiting(self, topic: Topic) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the topic wakes; the waiter clears it before looking."""
        event = asyncio.Event()
        self._waiters[topic].add(event)
        try:
            yield event
        finally:
            self._waiters[topic].discard(event)
