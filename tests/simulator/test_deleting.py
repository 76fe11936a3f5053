"""Taking messages away."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from simulator.memory.users import User
from tests.simulator_server import RunningSimulator


async def test_many_go_at_once_and_missing_ones_are_passed_over(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    ids = [(await bot.send_message(amal.id, text)).message_id for text in ("One", "Two")]
    assert await bot.delete_messages(amal.id, [*ids, 10**6])
    assert telegram.from_bot(amal) == []


@pytest.mark.parametrize("count", [0, 101])
async def test_between_1_and_100_can_go_at_once(bot: Bot, amal: User, count: int) -> None:
    with pytest.raises(TelegramBadRequest):
        await bot.delete_messages(amal.id, list(range(count)))


async def test_if_one_is_too_old_all_stay(telegram: RunningSimulator, bot: Bot, amal: User) -> None:
    old = telegram.send_text(amal, "Old")
    await telegram.advance(hours=48)
    new = telegram.send_text(amal, "New")
    with pytest.raises(TelegramBadRequest, match="can't be deleted for everyone"):
        await bot.delete_messages(amal.id, [new.id, old.id])
    assert new in telegram.messages(amal)


async def test_what_is_gone_can_neither_be_deleted_nor_edited(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    sent = await bot.send_message(amal.id, "Hello")
    await sent.delete()
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await sent.delete()
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await sent.edit_text("Hi")
    theirs = telegram.send_text(amal, "Mine")
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("Yours", chat_id=amal.id, message_id=theirs.id)


async def test_an_answer_to_a_press_comes_within_a_quarter_of_an_hour(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    query_id = telegram.press(amal, telegram.send_text(amal, "Hi"), "forged")
    await telegram.advance(minutes=16)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(query_id)


async def test_an_answer_to_a_press_has_at_most_200_units(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    query_id = telegram.press(amal, telegram.send_text(amal, "Hi"), "data")
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(query_id, "x" * 201)
    await bot.answer_callback_query(query_id, "x" * 200)
