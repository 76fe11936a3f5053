"""What Telegram is asked at the start."""

import pytest
from aiogram.methods import GetMe, GetMyStarBalance

from bot.errors import CannotOpen
from bot.stopping import Stopping
from bot.telegram.connection import connect
from bot.telegram.greeting import until_answered
from simulator.bot_api.failures import Mode
from tests.bot.hasty import Hasty
from tests.simulator_server import RunningSimulator


@pytest.mark.parametrize(("mode", "pauses"), [("429", [40, 40]), ("502", [3, 3])])
async def test_it_is_asked_again_and_no_sooner_than_it_says(
    telegram: RunningSimulator, mode: Mode, pauses: list[float]
) -> None:
    stopping = Hasty()
    telegram.fail(mode, "getMe", count=2, retry_after=40)
    async with connect(telegram.token, telegram.url) as bot:
        me = await until_answered(bot, GetMe(), stopping)

    assert me is not None
    assert stopping.pauses == pauses


async def test_what_a_server_does_not_know_is_no_wrong_token(telegram: RunningSimulator) -> None:
    async with connect(telegram.token, telegram.url) as bot:
        assert await until_answered(bot, GetMyStarBalance(), Stopping()) is None
    async with connect("1:another", telegram.url) as bot:
        with pytest.raises(CannotOpen):
            await until_answered(bot, GetMe(), Stopping())


async def test_nothing_is_asked_any_more_when_it_is_time_to_stop(
    telegram: RunningSimulator,
) -> None:
    stopping = Stopping()
    stopping.set()
    async with connect(telegram.token, telegram.url) as bot:
        assert await until_answered(bot, GetMe(), stopping) is None

    assert telegram.calls("getMe") == []
