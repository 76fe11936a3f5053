"""Two real client libraries on one simulated Telegram."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from simulator.users import User
from tests.simulator_server import RunningSimulator, running_simulator


@pytest.fixture
async def telegram() -> AsyncIterator[RunningSimulator]:
    async with running_simulator() as running:
        yield running


@pytest.fixture
async def bot(telegram: RunningSimulator) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    async with Bot(telegram.token, session=session) as bot:
        yield bot


@pytest.fixture
def amal(telegram: RunningSimulator) -> User:
    """A person who has written to the bot."""
    user = telegram.add_user("Amal", language_code="ar")
    telegram.send_text(user, "/start")
    return user
