"""What comes in is told of to a bot of its own."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot

from bot.telegram.connection import connect
from tests.simulator_server import RunningSimulator


@pytest.fixture
async def bot(telegram: RunningSimulator) -> AsyncIterator[Bot]:
    async with connect(telegram.token, telegram.url) as connected:
        yield connected
