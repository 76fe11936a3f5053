"""Keyboards that bots show, and how Telegram checks them."""

from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from simulator.memory.users import User
from tests.simulator.conformance import plain
from tests.simulator_server import RunningSimulator


def inline(**button: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(**button)]])


@pytest.mark.parametrize("data", ["x", "é" * 32])
async def test_callback_data_of_1_to_64_bytes_passes(bot: Bot, amal: User, data: str) -> None:
    sent = await bot.send_message(amal.id, "?", reply_markup=inline(text="A", callback_data=data))
    assert sent.reply_markup
    assert plain(sent.reply_markup) == plain(inline(text="A", callback_data=data))


@pytest.mark.parametrize("data", ["", "é" * 32 + "x"])
async def test_other_callback_data_is_invalid(bot: Bot, amal: User, data: str) -> None:
    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await bot.send_message(amal.id, "?", reply_markup=inline(text="A", callback_data=data))


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "A"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": " ", "callback_data": "x"}, "Text buttons must have text"),
        ({"text": "A", "url": "not an address"}, "Wrong HTTP URL"),
    ],
)
async def test_a_button_must_do_something(
    bot: Bot, amal: User, button: dict[str, str], reason: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=reason):
        await bot.send_message(amal.id, "?", reply_markup=inline(**button))


async def test_a_keyboard_of_more_than_ten_thousand_bytes_is_too_long(bot: Bot, amal: User) -> None:
    row = [InlineKeyboardButton(text="ж" * 60, callback_data="x")]
    await bot.send_message(
        amal.id, "?", reply_markup=InlineKeyboardMarkup(inline_keyboard=[row] * 60)
    )
    with pytest.raises(TelegramBadRequest, match="reply markup is too long"):
        await bot.send_message(
            amal.id, "?", reply_markup=InlineKeyboardMarkup(inline_keyboard=[row] * 70)
        )


async def test_phones_see_reply_keyboards_and_their_removal(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    place = KeyboardButton(text="Where I am", request_location=True)
    keyboard = ReplyKeyboardMarkup(keyboard=[[place, KeyboardButton(text="Skip")]])
    sent = await bot.send_message(amal.id, "Where?", reply_markup=keyboard)
    assert sent.reply_markup is None
    await bot.send_message(amal.id, "Thanks", reply_markup=ReplyKeyboardRemove())
    await bot.send_message(amal.id, "Your name?", reply_markup=ForceReply())
    shown, removed, forced = telegram.from_bot(amal)
    assert shown.markup["keyboard"][0][0] == {"text": "Where I am", "request_location": True}
    assert removed.markup["remove_keyboard"]
    assert forced.markup["force_reply"]


async def test_a_message_with_a_reply_keyboard_cannot_be_edited(bot: Bot, amal: User) -> None:
    sent = await bot.send_message(amal.id, "Thanks", reply_markup=ReplyKeyboardRemove())
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await sent.edit_text("Thank you")


async def test_editing_only_the_buttons_leaves_no_mark(bot: Bot, amal: User) -> None:
    sent = await bot.send_message(amal.id, "?", reply_markup=inline(text="A", callback_data="a"))
    edited = await sent.edit_reply_markup(reply_markup=inline(text="B", callback_data="b"))
    assert not isinstance(edited, bool)
    assert edited.edit_date is None
    assert edited.reply_markup
    assert plain(edited.reply_markup) == plain(inline(text="B", callback_data="b"))
    bare = await sent.edit_reply_markup()
    assert not isinstance(bare, bool)
    assert bare.reply_markup is None
