"""The world as the phones see it: what the page draws, and what tests look at."""

from typing import Any

from simulator.memory.chats import Chat
from simulator.memory.messages import Message
from simulator.memory.users import User
from simulator.telegram import Telegram
from simulator.wire import Json, present


def state_view(telegram: Telegram) -> Json:
    world = telegram.world
    return {
        "now": telegram.clock.now().isoformat(),
        "version": telegram.changes.version,
        "bot": {
            "id": world.bot.id,
            "username": world.bot.username,
            "name": world.bot.name,
            "commands": world.bot.commands,
            "texts": world.bot.texts,
            "menu_buttons": world.bot.menu_buttons,
        },
        "users": [user_view(user) for user in world.users.values()],
        "chats": [phone_chat_view(chat) for chat in world.chats.values()],
        "failures": telegram.failures.current.view(),
        "limits": {"per_chat": telegram.limits.per_chat, "overall": telegram.limits.overall},
    }


def user_view(user: User) -> Json:
    return {
        "id": user.id,
        "first_name": user.first_name,
        **present(last_name=user.last_name, username=user.username),
        "language_code": user.language_code,
        "blocked": user.blocked,
    }


def phone_chat_view(chat: Chat) -> Json:
    return {
        "id": chat.id,
        "type": chat.type,
        **present(title=chat.title, migrated_to=chat.migrated_to, pinned=chat.pinned),
        "is_forum": chat.is_forum,
        "topics": [
            {"id": topic.id, "name": topic.name, "closed": topic.closed}
            for topic in chat.topics.values()
        ],
        "members": list(chat.members),
        "messages": [phone_message_view(message) for message in chat.messages.values()],
    }


def phone_message_view(message: Message) -> Json:
    keyboard = message.markup if message.has_other_markup else None
    return {
        "id": message.id,
        "from": message.sender_id,
        "date": message.date,
        **present(
            edit_date=message.edit_date,
            thread_id=message.thread_id,
            reply_to=message.reply_to,
            forward_origin=message.forward_origin,
            inline_keyboard=message.inline_keyboard,
            reply_keyboard=keyboard,
            reactions=message.reactions,
        ),
        **{name: _with_address(name, value) for name, value in message.content.items()},
        "protect_content": message.protected,
        "silent": message.silent,
        "deleted": False,
    }


def _with_address(name: str, value: Any) -> Any:
    """Files gain the address that a page fetches them from; of a picture, its one size is shown."""
    if name == "photo":
        value = value[-1]
    if isinstance(value, dict) and "file_id" in value:
        return {**value, "url": f"/phone/files/{value['file_id']}"}
    return value
