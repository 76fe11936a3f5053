"""A courier at work, and what it brings."""

import asyncio
from datetime import timedelta

from bot.delivery.courier import Courier
from simulator.users import User
from tests.simulator_server import RunningSimulator


def user(telegram: RunningSimulator) -> User:
    """Somebody who has opened the chat, as Telegram demands before a bot may write."""
    person = telegram.add_user()
    telegram.send_text(person, "/start")
    return person


async def deliver(courier: Courier) -> None:
    """All that may go, until nothing may."""
    more: timedelta | None = timedelta()
    while more is not None:
        async with asyncio.TaskGroup() as group:
            more = await courier.deliver_some(group)


def words(telegram: RunningSimulator, person: User) -> list[str]:
    return [message.words for message in telegram.from_bot(person)]
