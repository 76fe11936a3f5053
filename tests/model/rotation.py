"""The keys are rotated while everybody goes on: one step at a time, and anything between them."""

from itertools import cycle
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from storage.keys.fitting import remember_keys
from storage.keys.keyring import Keyring
from storage.seals.resealing import Table, reseal, tables
from storage.seals.rotation import announce, change_over, end_older_keys
from storage.sessions import SERVICE, Database


def keyring(*numbers: int) -> Keyring:
    return Keyring({number: number.to_bytes(32) for number in numbers})


FIRST = keyring(1)


class Rotation:
    """Of the keys of one installation, which begins with the first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        steps = (self._change_over, self._bring_over, self._end_older)
        self._steps = cycle(steps)

    @classmethod
    async def begin(cls, database: Database, owner: AsyncEngine) -> "Rotation":
        database.keychain.held = database.keychain.keys = FIRST
        async with owner.begin() as connection:
            await remember_keys(connection, FIRST)
        return cls(database)

    async def step(self) -> None:
        await next(self._steps)()

    async def _change_over(self) -> None:
        newest = self._database.keychain.held.current + 1
        held = self._database.keychain.held = keyring(newest - 1, newest)
        async with self._database.begin(SERVICE) as session:
            await announce(session, held.current, held.fingerprint)
        async with self._database.begin(SERVICE) as session:
            await change_over(session, held)

    async def _bring_over(self) -> None:
        for table in tables():
            await self._bring(table)

    async def _bring(self, table: Table) -> None:
        last: Any = None
        while True:
            async with self._database.begin(SERVICE) as session:
                batch = await reseal(session, table, after=last)
            if batch.last is None:
                return
            last = batch.last

    async def _end_older(self) -> None:
        """What came under the older key meanwhile is brought over, too."""
        await self._bring_over()
        async with self._database.begin(SERVICE) as session:
            assert await end_older_keys(session)
