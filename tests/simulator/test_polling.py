"""getUpdates: offsets, limits, waiting, and who is sent away."""

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError
from aiogram.types import Update
from hypothesis import given
from hypothesis import strategies as st

from simulator.bot_api.updates import UpdateQueue
from simulator.memory.users import Bot as SimulatedBot
from simulator.memory.users import User
from simulator.memory.world import World
from tests.simulator.conformance import unknown_fields
from tests.simulator_server import RunningSimulator

A_DAY = 24 * 3600


def texts(updates: list[Update]) -> list[str | None]:
    return [update.message.text for update in updates if update.message]


async def test_an_offset_confirms_what_came_before_it(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    telegram.send_text(amal, "one")
    telegram.send_text(amal, "two")
    updates = await bot.get_updates()
    assert texts(updates) == ["/start", "one", "two"]
    assert texts(await bot.get_updates(offset=updates[1].update_id + 1)) == ["two"]
    assert texts(await bot.get_updates(offset=updates[1].update_id)) == ["two"]


async def test_a_negative_offset_forgets_all_but_the_last(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    telegram.send_text(amal, "last")
    assert texts(await bot.get_updates(offset=-1)) == ["last"]
    assert texts(await bot.get_updates(offset=1)) == ["last"]


async def test_the_same_offset_at_once_again_yields_a_single_update(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    telegram.send_text(amal, "two")
    assert len(await bot.get_updates(offset=1)) == 2
    assert len(await bot.get_updates(offset=1)) == 1


async def test_a_poll_waits_for_something_to_happen(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    [started] = await bot.get_updates()
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(bot.get_updates(offset=started.update_id + 1, timeout=30))
        await telegram.wait_for(lambda: len(telegram.calls("getUpdates")) == 2)
        telegram.send_text(amal, "hello")
    assert texts(poll.result()) == ["hello"]


async def test_a_second_poll_aborts_the_first_with_409(
    telegram: RunningSimulator, bot: Bot
) -> None:
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(rejection(bot.get_updates(timeout=30)))
        await telegram.wait_for(lambda: telegram.calls("getUpdates"))
        assert await bot.get_updates() == []
    assert "Conflict: terminated by other getUpdates request; make sure" in first.result()


async def test_setting_a_webhook_aborts_the_poll_and_forbids_another(
    telegram: RunningSimulator, bot: Bot
) -> None:
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(rejection(bot.get_updates(timeout=30)))
        await telegram.wait_for(lambda: telegram.calls("getUpdates"))
        await bot.set_webhook("https://example.org/hook")
    assert "terminated by setWebhook request" in poll.result()
    assert "can't use getUpdates method while webhook is active; use deleteWebhook" in (
        await rejection(bot.get_updates())
    )
    await bot.delete_webhook()
    assert await bot.get_updates() == []


async def test_only_kinds_that_were_asked_for_are_kept(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    telegram.send_text(amal, "unheard")
    telegram.press(amal, telegram.messages(amal)[-1], "heard")
    updates = await bot.get_updates(offset=1)
    assert [update.event_type for update in updates] == ["message", "callback_query"]
    assert texts(updates) == ["/start"]


async def test_updates_are_forgotten_after_a_day(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    await telegram.advance(hours=25)
    telegram.send_text(amal, "fresh")
    assert texts(await bot.get_updates()) == ["fresh"]


async def test_an_injected_update_is_delivered_once_whatever_its_number(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    [started] = await bot.get_updates()
    telegram.simulator.updates.inject(started.model_dump(mode="json", exclude_none=True))
    [again] = await bot.get_updates(offset=started.update_id + 1)
    assert again.update_id == started.update_id
    assert await bot.get_updates(offset=started.update_id + 2) == []


async def test_every_kind_of_update_is_what_aiogram_expects(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    phones = telegram.simulator.phones
    sent = telegram.send_text(amal, "I wrote https://example.org to @somebody")
    phones.edit(amal.id, amal.id, sent.id, "I meant #this")
    telegram.press(amal, sent, "data")
    phones.delete(amal.id, amal.id, sent.id)
    telegram.press(amal, sent, "gone")
    phones.block(amal.id)
    phones.start(amal.id, "code")
    group = telegram.add_group("Family", amal)
    phones.migrate(group.id)
    updates = await bot.get_updates()
    assert list(unknown_fields(updates)) == []
    assert [update.event_type for update in updates] == [
        "message",
        "message",
        "edited_message",
        "callback_query",
        "callback_query",
        "my_chat_member",
        "my_chat_member",
        "message",
        "my_chat_member",
        "message",
        "message",
    ]
    gone = updates[4].callback_query
    assert gone
    assert gone.message
    assert gone.message.date == 0


async def rejection(call: object) -> str:
    with pytest.raises(TelegramConflictError) as refused:
        await call  # type: ignore[misc] # any call of the bot
    return refused.value.message


@given(st.lists(st.integers(0, 12), max_size=8), st.integers(1, 5))
async def test_no_update_is_lost_or_reordered_by_any_run_of_polls(
    confirmed: list[int], limit: int
) -> None:
    queue = UpdateQueue(World(SimulatedBot(42, "bot", "Bot"), last_update_id=0), lambda: A_DAY)
    for number in range(12):
        queue.put("message", {"text": str(number)}, lane=1)
    reached = 0
    for offset in confirmed:
        reached = max(reached, offset)
        batch = [update["update_id"] for update in await queue.take(offset, limit, 0)]
        expected = list(range(max(reached, 1), 13))
        assert batch == expected[: len(batch)]
        assert bool(batch) == bool(expected)
