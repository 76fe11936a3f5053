"""A poll that goes on until something is stored."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import select

from bot.intake.polling import poll
from bot.replica.replica import Replica
from bot.stopping import Stopping
from bot.telegram.connection import connect
from storage.inbox.opened import update_of
from storage.sessions import SERVICE, Database
from storage.tables.inbox import InboxRow
from storage.wakes import Topic
from tests.postgres import DatabaseUrls
from tests.simulator_server import RunningSimulator


async def kept(database: Database) -> list[dict[str, Any]]:
    async with database.begin(SERVICE) as session:
        rows = (await session.scalars(select(InboxRow).order_by(InboxRow.number))).all()
        return [update_of(row, session.keys) for row in rows]


async def kept_at_least(database: Database, number: int) -> list[dict[str, Any]]:
    """Waits for the inbox, woken by it."""
    async with asyncio.timeout(20), database.wakes.waiting(Topic.INBOX) as woken:
        while len(found := await kept(database)) < number:
            await woken.wait()
            woken.clear()
    return found


@asynccontextmanager
async def polling(
    telegram: RunningSimulator, database: Database, urls: DatabaseUrls
) -> AsyncIterator[Replica]:
    """A replica that polls, until the block ends."""
    stopping = Stopping()
    bot = connect(telegram.token, telegram.url)
    replica = Replica(urls.run_url, database.wakes, database.keychain)
    async with asyncio.TaskGroup() as group:
        group.create_task(replica.run(stopping))
        group.create_task(poll(bot, database, replica, stopping))
        yield replica
        stopping.set()
    await bot.session.close()
