"""A clock that is ahead for a while, and the tick that notices when it is right again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.clockwork.clock_back import bring_back
from bot.delivery.pace import Pace
from storage.sessions import SERVICE, Database
from tests.model.time import Time

A_DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)
VERA = 11
# As fast as may be to all, and to each chat as usual.
QUICK = Pace(1000)


async def look(database: Database) -> None:
    """What the tick does."""
    async with database.begin(SERVICE) as session:
        await bring_back(session)


@asynccontextmanager
async def ahead(database: Database, time: Time, span: timedelta = A_DAY) -> AsyncIterator[None]:
    """Meanwhile the clock is ahead; then it is right again, and nobody has looked yet."""
    await look(database)
    await time.pass_by(span)
    await look(database)
    yield
    await time.pass_by(-span)
