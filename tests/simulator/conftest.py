"""Two real client libraries on one simulated Telegram."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from simulator.memory.users import User
from tests.simulator.conformance import NothingUnknown
from tests.simulator_server import RunningSimulator


@pytest.fixture(scope="session")
async def session() -> AsyncIterator[AiohttpSession]:
    """One for all tests: aiogram takes a quarter of a second to close it."""
    session = AiohttpSession()
    session.middleware(NothingUnknown())
    yield session
    await session.close()


@pytest.fixture
def bot(telegram: RunningSimulator, session: AiohttpSession) -> Bot:
    session.api = TelegramAPIServer.from_base(telegram.url)
    return Bot(telegram.token, session=session)


@pytest.fixture
def amal(telegram: RunningSimulator) -> User:
    """A person who has written to the bot."""
    user = telegram.add_user("Amal", language_code="ar")
    telegram.send_text(user, "/start")
    return user
