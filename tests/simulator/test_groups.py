"""Groups: what the bot hears there, topics, pins, rights, and becoming a supergroup."""

from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
)
from aiogram.types import ChatMemberAdministrator, ReactionTypeEmoji, ReplyParameters

from simulator.memory.chats import Chat
from simulator.memory.users import User
from tests.simulator_server import RunningSimulator


@pytest.fixture
def forum(telegram: RunningSimulator, amal: User) -> Chat:
    return telegram.add_group("Staff", amal, is_forum=True)


async def test_a_topic_lives_from_creation_to_deletion(
    telegram: RunningSimulator, bot: Bot, amal: User, forum: Chat
) -> None:
    topic = await bot.create_forum_topic(forum.id, "BARU-7")
    place: dict[str, Any] = {"chat_id": forum.id, "message_thread_id": topic.message_thread_id}
    alert = await bot.send_message(**place, text="New case")
    assert alert.is_topic_message
    answer = telegram.send_text(amal, "I take it", forum, thread_id=topic.message_thread_id)
    heard = (await bot.get_updates(offset=-1))[0].message
    assert heard
    assert (heard.message_id, heard.message_thread_id) == (answer.id, topic.message_thread_id)
    await bot.edit_forum_topic(**place, name="BARU-7 ✓")
    await bot.close_forum_topic(**place)
    assert forum.topics[topic.message_thread_id].closed
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await bot.close_forum_topic(**place)
    await bot.send_message(**place, text="Whoever manages topics may still write")
    await bot.reopen_forum_topic(**place)
    await bot.unpin_all_forum_topic_messages(**place)
    await bot.delete_forum_topic(**place)
    assert telegram.messages(forum) == []
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(**place, text="Too late")


async def test_topics_need_a_forum_and_the_right_to_manage_them(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    family = telegram.add_group("Family", amal)
    with pytest.raises(TelegramBadRequest, match="the chat is not a forum"):
        await bot.create_forum_topic(family.id, "Topic")
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(family.id, "Hello", message_thread_id=5)
    guest = telegram.add_group("Guests", amal, is_forum=True, can_manage_topics=False)
    with pytest.raises(TelegramBadRequest, match="not enough rights"):
        await bot.create_forum_topic(guest.id, "Topic")


async def test_the_general_topic_needs_no_number(bot: Bot, forum: Chat) -> None:
    sent = await bot.send_message(forum.id, "To all", message_thread_id=1)
    assert sent.message_thread_id is None


async def test_a_plain_member_hears_only_what_is_meant_for_it(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    group = telegram.add_group("Family", amal, bot_is_admin=False)
    ours = await bot.send_message(group.id, "Hello all")
    telegram.send_text(amal, "Between us", group)
    telegram.send_text(amal, "/help", group)
    telegram.send_text(amal, "@wayhome_bot hello", group)
    telegram.send_text(amal, "Thank you", group, reply_to=ours.message_id)
    heard = [update.message for update in await bot.get_updates() if update.message]
    assert [message.text for message in heard] == [
        "/start",
        "/help",
        "@wayhome_bot hello",
        "Thank you",
    ]
    assert heard[-1].reply_to_message
    assert heard[-1].reply_to_message.text == "Hello all"


async def test_who_is_in_a_chat_can_be_asked(bot: Bot, amal: User, forum: Chat) -> None:
    chat = await bot.get_chat(forum.id)
    assert (chat.title, chat.is_forum) == ("Staff", True)
    assert (await bot.get_chat(amal.id)).first_name == "Amal"
    me, creator = await bot.get_me(), await bot.get_chat_member(forum.id, amal.id)
    assert creator.status == "creator"
    administrators = await bot.get_chat_administrators(forum.id)
    assert {member.user.id for member in administrators} == {me.id, amal.id}
    mine = next(member for member in administrators if member.user.id == me.id)
    assert isinstance(mine, ChatMemberAdministrator)
    assert mine.can_manage_topics
    assert (await bot.get_chat_member(amal.id, me.id)).status == "member"
    with pytest.raises(TelegramBadRequest, match="user not found"):
        await bot.get_chat_member(forum.id, 1)


async def test_messages_are_pinned_and_reacted_to(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    first, second = [await bot.send_message(amal.id, text) for text in ("One", "Two")]
    await bot.pin_chat_message(amal.id, first.message_id)
    await bot.pin_chat_message(amal.id, second.message_id)
    pinned = (await bot.get_chat(amal.id)).pinned_message
    assert pinned
    assert pinned.message_id == second.message_id
    await bot.unpin_chat_message(amal.id)
    await bot.unpin_all_chat_messages(amal.id)
    with pytest.raises(TelegramBadRequest, match="message to unpin not found"):
        await bot.unpin_chat_message(amal.id)
    await bot.set_message_reaction(amal.id, first.message_id, [ReactionTypeEmoji(emoji="👍")])
    assert telegram.from_bot(amal)[0].reactions == [{"type": "emoji", "emoji": "👍"}]


async def test_whoever_left_may_no_longer_write(
    telegram: RunningSimulator, bot: Bot, forum: Chat
) -> None:
    await bot.leave_chat(forum.id)
    change = (await bot.get_updates(offset=-1))[0].my_chat_member
    assert change
    assert change.new_chat_member.status == "left"
    with pytest.raises(TelegramForbiddenError, match="bot is not a member of the supergroup chat"):
        await bot.send_message(forum.id, "Hello?")


async def test_a_bot_that_was_kicked_is_told_so(
    telegram: RunningSimulator, bot: Bot, amal: User, forum: Chat
) -> None:
    telegram.simulator.phones.kick_bot(amal.id, forum.id)
    change = (await bot.get_updates(offset=-1))[0].my_chat_member
    assert change
    assert change.new_chat_member.status == "kicked"
    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the supergroup chat"):
        await bot.send_message(forum.id, "Hello?")


async def test_nobody_can_be_written_to_whose_account_is_gone(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    telegram.simulator.phones.deactivate(amal.id)
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await bot.send_message(amal.id, "Hello?")


async def test_a_group_that_became_a_supergroup_names_its_new_id(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    group = telegram.add_group("Family", amal)
    supergroup = telegram.simulator.phones.migrate(group.id)
    assert str(supergroup.id).startswith("-100")
    with pytest.raises(TelegramMigrateToChat) as moved:
        await bot.send_message(group.id, "Hello")
    assert moved.value.migrate_to_chat_id == supergroup.id
    sent = await bot.send_message(supergroup.id, "Hello")
    assert sent.chat.type == "supergroup"
    *_, left, entered = await bot.get_updates()
    assert left.message
    assert left.message.migrate_to_chat_id == supergroup.id
    assert entered.message
    assert entered.message.migrate_from_chat_id == group.id


async def test_an_administrator_deletes_anybodys_words_at_any_age(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    admin = telegram.add_group("Staff", amal)
    guest = telegram.add_group("Family", amal, bot_is_admin=False)
    word, other = telegram.send_text(amal, "Old", admin), telegram.send_text(amal, "/old", guest)
    await telegram.advance(days=3)
    await bot.delete_message(admin.id, word.id)
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await bot.delete_message(guest.id, other.id)


async def test_an_answer_names_what_it_answers(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    word = telegram.send_text(amal, "Are you there?")
    sent = await bot.send_message(
        amal.id, "Yes", reply_parameters=ReplyParameters(message_id=word.id)
    )
    assert sent.reply_to_message
    assert sent.reply_to_message.text == "Are you there?"
    gone = ReplyParameters(message_id=10**6)
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(amal.id, "Yes", reply_parameters=gone)
    lenient = ReplyParameters(message_id=10**6, allow_sending_without_reply=True)
    assert (await bot.send_message(amal.id, "Yes", reply_parameters=lenient)).message_id
