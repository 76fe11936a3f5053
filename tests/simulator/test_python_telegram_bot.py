"""The same Telegram through another library: python-telegram-bot."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from telegram.constants import ChatMemberStatus, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from simulator.memory.users import User
from tests.simulator.files import PNG, VOICE
from tests.simulator.webhooks import drained, hook, listening, text_of
from tests.simulator_server import TOKEN, RunningSimulator

AnyApplication = Application[Any, Any, Any, Any, Any, Any]
YES = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])


def building(telegram: RunningSimulator) -> Any:
    return (
        Application.builder()
        .token(telegram.token)
        .base_url(f"{telegram.url}/bot")
        .base_file_url(f"{telegram.url}/file/bot")
    )


def client(telegram: RunningSimulator, token: str = TOKEN) -> Bot:
    files = f"{telegram.url}/file/bot"
    return Bot(token, base_url=f"{telegram.url}/bot", base_file_url=files)


@pytest.fixture
async def ptb(telegram: RunningSimulator) -> AsyncIterator[Bot]:
    async with client(telegram) as bot:
        yield bot


async def test_an_application_polls_talks_and_stops(telegram: RunningSimulator) -> None:
    async def greet(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        await update.message.reply_text(f"Welcome {context.args}", reply_markup=YES)

    async def pressed(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query
        await update.callback_query.answer("Noted")
        await update.callback_query.edit_message_text("Good")

    async def hear(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        assert update.message.voice
        file = await update.message.voice.get_file()
        await update.message.reply_text(f"{len(await file.download_as_bytearray())} bytes")

    application: AnyApplication = building(telegram).build()
    application.add_handler(CommandHandler("start", greet))
    application.add_handler(CallbackQueryHandler(pressed))
    application.add_handler(MessageHandler(filters.VOICE, hear))
    async with application:
        assert application.updater
        await application.start()
        await application.updater.start_polling(timeout=5)
        amal = telegram.add_user()
        telegram.simulator.phones.start(amal.id, "code")
        welcome = await telegram.wait_for_text(amal, "Welcome ['code']")
        query_id = telegram.press_button(amal, welcome, "Yes")
        await telegram.wait_for_text(amal, "Good")
        assert telegram.answer_to(query_id)
        file = await application.bot.send_voice(amal.id, VOICE)
        assert file.voice
        voice = {"voice": telegram.from_bot(amal)[-1].content["voice"]}
        telegram.simulator.phones.send(amal.id, voice)
        await telegram.wait_for_text(amal, f"{len(VOICE)} bytes")
        await application.updater.stop()
        await application.stop()
    assert {call.method for call in telegram.simulator.log.calls} >= {"getMe", "deleteWebhook"}


async def test_a_webhook_is_set_described_and_served(
    telegram: RunningSimulator, ptb: Bot, amal: User
) -> None:
    heard: list[str] = []

    async def respond(update: dict[str, object]) -> Any:
        heard.append(text_of(update))
        reply = {"method": "sendMessage", "chat_id": amal.id, "text": "Heard"}
        return web.json_response(reply)

    async with listening(hook(respond)) as url:
        await ptb.set_webhook(url, secret_token="between-us", max_connections=1)
        assert (await ptb.get_webhook_info()).max_connections == 1
        await drained(telegram)
        await telegram.wait_for_text(amal, "Heard")
        await ptb.delete_webhook()
    assert heard == ["/start"]


async def test_a_bot_sends_edits_and_deletes_messages_of_every_kind(
    telegram: RunningSimulator, ptb: Bot, amal: User
) -> None:
    words = await ptb.send_message(amal.id, "<b>Hello</b>", ParseMode.HTML, reply_markup=YES)
    assert words.parse_entities() == {words.entities[0]: "Hello"}
    answer = await ptb.send_message(
        amal.id, "And?", reply_parameters=ReplyParameters(words.message_id)
    )
    assert answer.reply_to_message
    await ptb.send_message(amal.id, "Name?", reply_markup=ForceReply())
    place = ReplyKeyboardMarkup([[KeyboardButton("Here", request_location=True)]])
    await ptb.send_message(amal.id, "Where?", reply_markup=place)
    assert (await ptb.send_location(amal.id, 1.5, 2.5)).location
    assert (await ptb.send_contact(amal.id, "+1", "Help")).contact
    photo = await ptb.send_photo(amal.id, PNG, caption="Home")
    assert (photo.photo[0].width, photo.caption) == (320, "Home")
    await ptb.edit_message_caption(amal.id, photo.message_id, caption="House")
    document = InputMediaDocument(b"words", filename="a.txt")
    changed = await ptb.edit_message_media(document, amal.id, photo.message_id)
    assert isinstance(changed, Message)
    assert changed.document
    assert await (await changed.document.get_file()).download_as_bytearray() == b"words"
    await ptb.send_chat_action(amal.id, "typing")
    await ptb.copy_message(amal.id, amal.id, words.message_id)
    assert (await ptb.forward_message(amal.id, amal.id, words.message_id)).forward_origin
    await ptb.edit_message_reply_markup(amal.id, words.message_id)
    await ptb.pin_chat_message(amal.id, words.message_id)
    await ptb.unpin_chat_message(amal.id)
    await ptb.set_message_reaction(amal.id, words.message_id, "👍")
    assert await ptb.delete_message(amal.id, words.message_id)
    assert await ptb.delete_messages(amal.id, [answer.message_id])


async def test_a_bot_changes_what_it_says_of_itself(ptb: Bot) -> None:
    commands = [BotCommand("help", "Ask for a person")]
    scope = BotCommandScopeAllPrivateChats()
    await ptb.set_my_commands(commands, scope=scope, language_code="en")
    assert await ptb.get_my_commands(scope=scope, language_code="en") == tuple(commands)
    await ptb.delete_my_commands(scope=scope, language_code="en")
    await ptb.set_my_name("Home")
    assert (await ptb.get_my_name()).name == "Home"
    await ptb.set_my_description("We walk with you")
    assert (await ptb.get_my_description()).description == "We walk with you"
    await ptb.set_my_short_description("Short")
    assert (await ptb.get_my_short_description()).short_description == "Short"
    assert (await ptb.get_chat_menu_button()).type == "commands"
    await ptb.set_chat_menu_button()


async def test_a_bot_works_in_a_groups_topics_until_it_leaves_or_the_group_moves(
    telegram: RunningSimulator, ptb: Bot, amal: User
) -> None:
    forum = telegram.add_group("Staff", amal, is_forum=True)
    assert (await ptb.get_chat(forum.id)).is_forum
    member = await ptb.get_chat_member(forum.id, ptb.id)
    assert member.status == ChatMemberStatus.ADMINISTRATOR
    assert len(await ptb.get_chat_administrators(forum.id)) == 2
    topic = (await ptb.create_forum_topic(forum.id, "Case")).message_thread_id
    await ptb.send_message(forum.id, "Alert", message_thread_id=topic)
    await ptb.edit_forum_topic(forum.id, topic, name="Case 1")
    await ptb.close_forum_topic(forum.id, topic)
    await ptb.reopen_forum_topic(forum.id, topic)
    await ptb.delete_forum_topic(forum.id, topic)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await ptb.send_message(forum.id, "Late", message_thread_id=topic)
    await ptb.leave_chat(forum.id)
    with pytest.raises(Forbidden, match="not a member of the supergroup"):
        await ptb.send_message(forum.id, "Hello")
    family = telegram.add_group("Family", amal)
    supergroup = telegram.simulator.phones.migrate(family.id)
    with pytest.raises(ChatMigrated) as moved:
        await ptb.send_message(family.id, "Hello")
    assert moved.value.new_chat_id == supergroup.id
    kinds = [update.to_dict() for update in await ptb.get_updates()]
    assert [next(kind for kind in update if kind != "update_id") for update in kinds] == [
        *("message", "my_chat_member", "my_chat_member"),
        *("my_chat_member", "message", "message"),
    ]


async def test_refusals_become_the_librarys_own_errors(
    telegram: RunningSimulator, ptb: Bot, amal: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    sent = await ptb.send_message(amal.id, "Hello")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await ptb.edit_message_text("Hello", amal.id, sent.message_id)
    with pytest.raises(BadRequest, match="Message is too long"):
        await ptb.send_message(amal.id, "x" * 4097)
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await ptb.send_message(amal.id, "<b>", ParseMode.HTML)
    with pytest.raises(BadRequest, match="Query is too old"):
        await ptb.answer_callback_query("1")
    telegram.simulator.phones.block(amal.id)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await ptb.send_message(amal.id, "Hello")
    telegram.fail("429", count=1, retry_after=3)
    with pytest.raises(RetryAfter) as told:
        await ptb.get_chat(amal.id)
    assert told.value.retry_after == timedelta(seconds=3)
    telegram.fail("reset_before", count=1)
    with pytest.raises(NetworkError):
        await ptb.get_chat(amal.id)
    telegram.fail("hang", count=1)
    with pytest.raises(TimedOut):
        await ptb.get_chat(amal.id, read_timeout=0.5)
    with pytest.raises(InvalidToken):
        async with client(telegram, "4242424242:another"):
            pass


async def test_two_polls_are_a_conflict(telegram: RunningSimulator, ptb: Bot) -> None:
    async def refused() -> str:
        with pytest.raises(Conflict) as conflict:
            await ptb.get_updates(timeout=30)
        return conflict.value.message

    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(refused())
        await telegram.wait_for(lambda: telegram.calls("getUpdates"))
        async with client(telegram) as other:
            await other.get_updates()
    assert "terminated by other getUpdates request" in first.result()
