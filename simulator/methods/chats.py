"""Chats: who is there, what is pinned, leaving, reactions."""

from simulator.bot_api.parameters import Parameters
from simulator.bot_api.views import chat_view, member_view, message_view
from simulator.errors import bad_request, forbidden
from simulator.membership import change_bot_status
from simulator.memory.chats import Chat
from simulator.methods.targets import existing_message, known_chat, writable_chat
from simulator.telegram import Telegram
from simulator.wire import Json, present

ADMINISTRATORS = ("creator", "administrator")
NO_GIFTS = dict.fromkeys(
    (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    ),
    False,
)


def get_chat(telegram: Telegram, parameters: Parameters) -> Json:
    chat = known_chat(telegram, parameters)
    _require_presence(telegram, chat)
    pinned = chat.messages.get(chat.pinned[-1]) if chat.pinned else None
    return {
        **chat_view(telegram.world, chat),
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": NO_GIFTS,
        **present(pinned_message=pinned and message_view(telegram.world, pinned)),
    }


def get_chat_member(telegram: Telegram, parameters: Parameters) -> Json:
    chat = known_chat(telegram, parameters)
    _require_presence(telegram, chat)
    user_id = parameters.integer("user_id")
    if user_id not in telegram.world.users and user_id != telegram.world.bot.id:
        raise bad_request("user not found")
    return member_view(telegram.world, chat, user_id)


def get_chat_administrators(telegram: Telegram, parameters: Parameters) -> list[Json]:
    chat = known_chat(telegram, parameters)
    _require_presence(telegram, chat)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    return [
        member_view(telegram.world, chat, user_id)
        for user_id, status in chat.members.items()
        if status in ADMINISTRATORS
    ]


def pin_chat_message(telegram: Telegram, parameters: Parameters) -> bool:
    chat = _pinnable_chat(telegram, parameters)
    message = existing_message(chat, parameters.integer("message_id"), "pin")
    with telegram.changing():
        chat.pinned = [*(number for number in chat.pinned if number != message.id), message.id]
    return True


def unpin_chat_message(telegram: Telegram, parameters: Parameters) -> bool:
    """The one that is named, or else the newest."""
    chat = _pinnable_chat(telegram, parameters)
    number = parameters.integer("message_id", chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad_request("message to unpin not found")
    with telegram.changing():
        chat.pinned.remove(number)
    return True


def unpin_all_chat_messages(telegram: Telegram, parameters: Parameters) -> bool:
    chat = _pinnable_chat(telegram, parameters)
    with telegram.changing():
        chat.pinned.clear()
    return True


def leave_chat(telegram: Telegram, parameters: Parameters) -> bool:
    chat = writable_chat(telegram, parameters)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    with telegram.changing():
        change_bot_status(telegram, chat, telegram.world.bot.id, "left")
    return True


def set_message_reaction(telegram: Telegram, parameters: Parameters) -> bool:
    chat = writable_chat(telegram, parameters)
    message = existing_message(chat, parameters.integer("message_id"), "react")
    reactions = parameters.objects("reaction")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(reaction.get("type") != "emoji" or "emoji" not in reaction for reaction in reactions):
        raise bad_request("REACTION_INVALID")
    with telegram.changing():
        message.reactions = reactions
    return True


def _require_presence(telegram: Telegram, chat: Chat) -> None:
    if chat.members.get(telegram.world.bot.id) in ("left", "kicked") and not chat.is_private:
        raise forbidden(f"bot is not a member of the {chat.type} chat")


def _pinnable_chat(telegram: Telegram, parameters: Parameters) -> Chat:
    chat = writable_chat(telegram, parameters)
    if not chat.is_private and "can_pin_messages" not in chat.bot_rights:
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return chat
