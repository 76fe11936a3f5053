"""How many are let in at once who may be nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class DoorIsFull(Exception):
    """More strangers at once than are dealt with in time."""


class Door:
    """Where those who are not signed in wait.

    Looking at a password takes a while, and a connection to the database with it: a crowd at the
    door must leave enough of both to those who cry for help.
    """

    def __init__(self, at_once: int = 3, patience: float = 5.0) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._patience = patience

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Raises DoorIsFull when it is not one's turn in time."""
        try:
            async with asyncio.timeout(self._patience):
                await self._places.acquire()
        except TimeoutError:
            raise DoorIsFull from None
        try:
            yield
        finally:
            self._places.release()
