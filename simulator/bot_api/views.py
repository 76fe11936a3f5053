"""Chats and messages as the Bot API describes them to the bot."""

from simulator.memory.chats import Chat
from simulator.memory.messages import Message
from simulator.memory.world import World
from simulator.wire import Json, present

RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
)


def chat_view(world: World, chat: Chat) -> Json:
    if chat.is_private:
        user = world.users[chat.id]
        names = present(
            first_name=user.first_name, last_name=user.last_name, username=user.username
        )
        return {"id": chat.id, "type": "private", **names}
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        **present(is_forum=chat.is_forum),
    }


def message_view(world: World, message: Message, *, quoting: bool = True) -> Json:
    """A message with, where `quoting`, the one that it answers."""
    chat = world.chats[message.chat_id]
    quoted = chat.messages.get(message.reply_to or 0) if quoting else None
    return {
        "message_id": message.id,
        "from": world.sender_view(message.sender_id),
        "chat": chat_view(world, chat),
        "date": message.date,
        **present(
            edit_date=message.edit_date,
            message_thread_id=message.thread_id,
            is_topic_message=message.thread_id is not None,
            forward_origin=message.forward_origin,
            reply_to_message=quoted and message_view(world, quoted, quoting=False),
            has_protected_content=message.protected,
            link_preview_options=message.link_preview_options,
            reply_markup=message.inline_keyboard and {"inline_keyboard": message.inline_keyboard},
        ),
        **message.content,
    }


def accessible_view(world: World, chat: Chat, message_id: int) -> Json:
    """A message, or what Telegram tells of one that is gone."""
    if message := chat.messages.get(message_id):
        return message_view(world, message)
    return {"chat": chat_view(world, chat), "message_id": message_id, "date": 0}


def member_view(world: World, chat: Chat, user_id: int) -> Json:
    status = chat.members.get(user_id, "left")
    member: Json = {"user": world.sender_view(user_id), "status": status}
    match status:
        case "creator":
            return member | {"is_anonymous": False}
        case "administrator":
            rights = chat.bot_rights if user_id == world.bot.id else set(RIGHTS)
            granted = {right: right in rights or right == "can_manage_chat" for right in RIGHTS}
            return member | granted | {"can_be_edited": False, "is_anonymous": False}
        case "kicked":
            return member | {"until_date": 0}
        case _:
            return member
