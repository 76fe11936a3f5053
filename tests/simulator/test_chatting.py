"""Words, buttons, edits and deletions, as aiogram sees them."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from simulator.memory.users import User
from tests.simulator_server import RunningSimulator

KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="yes")]]
)


async def test_the_bot_learns_its_name(telegram: RunningSimulator, bot: Bot) -> None:
    me = await bot.get_me()
    assert me.is_bot
    assert str(me.id) == telegram.token.partition(":")[0]


async def test_words_arrive_with_their_commands_marked(
    telegram: RunningSimulator, bot: Bot
) -> None:
    user = telegram.add_user("Amal", language_code="ar")
    telegram.send_text(user, "🏠 /start abc")
    [update] = await bot.get_updates()
    assert update.message
    assert update.message.from_user
    assert update.message.from_user.language_code == "ar"
    assert update.message.entities
    [entity] = update.message.entities
    assert entity.type == "bot_command"
    assert entity.extract_from(update.message.text or "") == "/start"


async def test_a_stranger_cannot_be_written_to(telegram: RunningSimulator, bot: Bot) -> None:
    user = telegram.add_user()
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(user.id, "Hello")


async def test_a_message_is_sent_edited_and_deleted(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    sent = await bot.send_message(amal.id, "How are <b>you</b>?", parse_mode="HTML")
    assert sent.text == "How are you?"
    edited = await bot.edit_message_text("Still well?", chat_id=amal.id, message_id=sent.message_id)
    assert not isinstance(edited, bool)
    assert edited.edit_date
    assert [message.words for message in telegram.from_bot(amal)] == ["Still well?"]
    await bot.delete_message(amal.id, sent.message_id)
    assert telegram.from_bot(amal) == []


async def test_the_same_words_again_are_no_edit(bot: Bot, amal: User) -> None:
    sent = await bot.send_message(amal.id, "Hello", reply_markup=KEYBOARD)
    with pytest.raises(TelegramBadRequest, match="message is not modified: specified new"):
        await sent.edit_text("Hello", reply_markup=KEYBOARD)
    await sent.edit_text("Hello")


async def test_a_press_is_answered_once(telegram: RunningSimulator, bot: Bot, amal: User) -> None:
    await bot.send_message(amal.id, "Safe?", reply_markup=KEYBOARD)
    query_id = telegram.press_button(amal, telegram.from_bot(amal)[-1], "Yes")
    query = (await bot.get_updates(offset=-1))[0].callback_query
    assert query
    assert (query.id, query.data) == (query_id, "yes")
    await bot.answer_callback_query(query_id, "Good to hear", show_alert=True)
    answer = telegram.answer_to(query_id)
    assert answer
    assert (answer["text"], answer["show_alert"]) == ("Good to hear", True)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(query_id)


async def test_blocking_tells_the_bot_and_closes_the_door(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    telegram.simulator.phones.block(amal.id)
    change = (await bot.get_updates(offset=-1))[0].my_chat_member
    assert change
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(amal.id, "Hello")
    telegram.simulator.phones.unblock(amal.id)
    await bot.send_message(amal.id, "Welcome back")


@pytest.mark.parametrize(("hours", "refused"), [(47, False), (48, True)])
async def test_messages_of_both_sides_can_be_deleted_for_48_hours(
    telegram: RunningSimulator, bot: Bot, amal: User, hours: int, refused: bool
) -> None:
    theirs = telegram.send_text(amal, "Forget this")
    ours = await bot.send_message(amal.id, "And this")
    await telegram.advance(hours=hours)
    for message_id in (theirs.id, ours.message_id):
        if refused:
            with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
                await bot.delete_message(amal.id, message_id)
        else:
            await bot.delete_message(amal.id, message_id)
