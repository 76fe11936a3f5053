"""Which chat, topic and message a call means, and whether the bot may."""

from simulator.bot_api.parameters import Parameters
from simulator.errors import ApiError, bad_request, forbidden
from simulator.memory.chats import Chat, Topic
from simulator.memory.messages import Message
from simulator.telegram import Telegram

PRESENT = ("creator", "administrator", "member")


def known_chat(telegram: Telegram, parameters: Parameters, name: str = "chat_id") -> Chat:
    """The chat that the call names, whether or not the bot may write there."""
    given = parameters.text(name)
    if not given:
        raise bad_request(f"{name} is empty")
    try:
        chat = telegram.chat(int(given))
    except ValueError:
        raise bad_request("chat not found") from None
    if chat.migrated_to:
        raise bad_request(
            "group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": chat.migrated_to},
        )
    if chat.is_private and not telegram.world.users[chat.id].started:
        raise _stranger(telegram, chat)
    return chat


def writable_chat(telegram: Telegram, parameters: Parameters) -> Chat:
    chat = known_chat(telegram, parameters)
    if chat.is_private:
        user = telegram.world.users[chat.id]
        if user.deactivated:
            raise forbidden("user is deactivated")
        if user.blocked:
            raise forbidden("bot was blocked by the user")
    elif (status := chat.members.get(telegram.world.bot.id)) not in PRESENT:
        how = "was kicked from" if status == "kicked" else "is not a member of"
        raise forbidden(f"bot {how} the {chat.type} chat")
    return chat


def existing_message(chat: Chat, message_id: int, purpose: str) -> Message:
    try:
        return chat.messages[message_id]
    except KeyError:
        raise bad_request(f"message to {purpose} not found") from None


def named_topic(chat: Chat, parameters: Parameters) -> Topic | None:
    """The topic to write into; None: the chat itself, or a forum's General."""
    thread_id = parameters.integer("message_thread_id")
    if thread_id == 0 or (chat.is_forum and thread_id == 1):
        return None
    return existing_topic(chat, thread_id)


def existing_topic(chat: Chat, thread_id: int) -> Topic:
    try:
        return chat.topics[thread_id]
    except KeyError:
        raise bad_request("message thread not found") from None


def _stranger(telegram: Telegram, chat: Chat) -> ApiError:
    """Somebody who never wrote: known only where a group is shared."""
    if any(chat.id in other.members for other in telegram.world.chats.values()):
        return forbidden("bot can't initiate conversation with a user")
    return bad_request("chat not found")
