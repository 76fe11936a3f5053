"""A webhook whose address is told, and kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from aiogram import Bot

from bot.intake.address import Address
from bot.replica.replica import Replica
from bot.stopping import Stopping
from storage.sessions import Database
from tests.faults.world import until

# Nobody listens there.
OURS = "http://127.0.0.1:9/telegram"


SECRET = "between-us-two-and-nobody-else"


@asynccontextmanager
async def keeping(
    bot: Bot, database: Database, replica: Replica, url: str = OURS
) -> AsyncIterator[None]:
    """Within the block a replica looks again and again."""
    stopping = Stopping()
    address = Address(url, SECRET)
    async with asyncio.TaskGroup() as group:
        group.create_task(address.keep(bot, database, replica, stopping, timedelta(seconds=0.05)))
        yield
        stopping.set()


async def until_told(bot: Bot) -> None:
    async def told() -> bool:
        return (await bot.get_webhook_info()).url == OURS

    await until(told)
