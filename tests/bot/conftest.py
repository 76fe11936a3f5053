from collections.abc import AsyncIterator

import pytest

from bot.delivery.courier import Courier
from bot.metrics.metrics import Metrics
from bot.telegram.connection import connect
from locales.catalogues import Catalogues
from storage.sessions import Database
from tests.bot.outgoing import HURRIED
from tests.simulator_server import RunningSimulator


@pytest.fixture
async def courier(database: Database, telegram: RunningSimulator) -> AsyncIterator[Courier]:
    bot = connect(telegram.token, telegram.url)
    yield Courier(database, bot, Catalogues.load(), HURRIED, Metrics())
    await bot.session.close()
