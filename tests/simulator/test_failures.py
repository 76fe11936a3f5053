"""Telegram failing on purpose, as aiogram feels it."""

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from simulator.bot_api.failures import Failure, Failures, Mode
from simulator.bot_api.limits import RateLimits
from simulator.memory.users import User
from tests.simulator_server import RunningSimulator


async def test_too_many_requests_say_when_to_come_again(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    telegram.fail("429", "sendMessage", count=1, retry_after=7)
    with pytest.raises(TelegramRetryAfter) as told:
        await bot.send_message(amal.id, "Hello")
    assert told.value.retry_after == 7
    await bot.send_message(amal.id, "Hello")


@pytest.mark.parametrize(
    ("mode", "error", "arrived"),
    [
        ("500", TelegramServerError, 0),
        ("502", ClientDecodeError, 0),
        # Neither is an error of aiogram's.
        ("no_reason", TypeError, 0),
        ("latin1", UnicodeDecodeError, 0),
        ("bad_json", ClientDecodeError, 0),
        ("reset_before", TelegramNetworkError, 0),
        ("accept_then_reset", TelegramNetworkError, 1),
    ],
)
async def test_each_failure_is_what_a_client_makes_of_it(
    telegram: RunningSimulator,
    bot: Bot,
    amal: User,
    mode: Mode,
    error: type[Exception],
    arrived: int,
) -> None:
    telegram.fail(mode)
    with pytest.raises(error):
        await bot.send_message(amal.id, "Hello")
    assert len(telegram.from_bot(amal)) == arrived


async def test_a_hanging_call_ends_when_the_client_has_had_enough(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    telegram.fail("hang", count=1)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(amal.id, "Hello", request_timeout=1)
    await bot.send_message(amal.id, "Hello")


async def test_a_hanging_call_can_end_in_a_cut_connection(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    telegram.fail("hang", count=1, seconds=0.01)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(amal.id, "Hello", request_timeout=60)
    assert telegram.simulator.failures.struck == {"hang": 1}


async def test_a_hanging_call_does_not_keep_the_server_from_stopping(
    telegram: RunningSimulator, bot: Bot
) -> None:
    telegram.fail("hang")
    async with asyncio.TaskGroup() as tasks:
        call = tasks.create_task(failed(bot))
        await telegram.wait_for(lambda: telegram.calls("getMe"))
        telegram.simulator.stop()
    assert call.result()


async def failed(bot: Bot) -> bool:
    with pytest.raises((TelegramNetworkError, TelegramServerError, ClientDecodeError)):
        await bot.get_me()
    return True


async def test_only_the_named_methods_and_chat_fail(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    other = telegram.add_user("Besa")
    telegram.send_text(other, "/start")
    telegram.fail("500", "SENDMESSAGE", chat_id=amal.id)
    await bot.send_message(other.id, "Hello")
    await bot.send_location(amal.id, 1, 1)
    with pytest.raises(TelegramServerError):
        await bot.send_message(amal.id, "Hello")


@pytest.mark.parametrize(("chance", "mode"), [(0.29, "500"), (0.3, "none")])
def test_a_failure_can_be_a_matter_of_chance(chance: float, mode: Mode) -> None:
    failures = Failures(lambda: chance)
    failures.current = Failure("500", probability=0.3)
    assert failures.next_mode("getMe", "") == mode


async def test_limits_once_set_are_kept_for_each_chat_and_for_all(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    other = telegram.add_user("Besa")
    telegram.send_text(other, "/start")
    telegram.simulator.limits.change(per_chat=0.001, overall=None)
    await bot.send_message(amal.id, "One")
    with pytest.raises(TelegramRetryAfter, match="retry after"):
        await bot.send_message(amal.id, "Two")
    await bot.send_message(other.id, "One")
    telegram.simulator.limits.change(per_chat=None, overall=0.001)
    await bot.send_message(amal.id, "Two")
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(other.id, "Two")
    telegram.simulator.limits.change(per_chat=None, overall=None)
    await bot.send_message(other.id, "Two")


def test_a_burst_of_a_second_passes_at_once() -> None:
    limits = RateLimits(overall=30)
    for chat_id in range(30):
        limits.count(chat_id)
    with pytest.raises(Exception, match="retry after 1"):
        limits.count(31)
