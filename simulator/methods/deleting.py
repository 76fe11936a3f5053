"""Messages that the bot takes away."""

from datetime import timedelta

from simulator.bot_api.parameters import Parameters
from simulator.errors import bad_request
from simulator.memory.chats import Chat
from simulator.memory.messages import Message
from simulator.methods.targets import existing_message, known_chat
from simulator.telegram import Telegram

DELETABLE_FOR = timedelta(hours=48)
AT_ONCE = range(1, 101)


def delete_message(telegram: Telegram, parameters: Parameters) -> bool:
    chat = known_chat(telegram, parameters)
    message = existing_message(chat, parameters.integer("message_id"), "delete")
    _check(telegram, chat, message)
    with telegram.changing():
        del chat.messages[message.id]
    return True


def delete_messages(telegram: Telegram, parameters: Parameters) -> bool:
    """Those that are not there are passed over; if one may not go, all stay."""
    chat = known_chat(telegram, parameters)
    ids = parameters.integers("message_ids")
    if len(ids) not in AT_ONCE:
        raise bad_request(
            "message identifiers are not specified" if not ids else "too many messages to delete"
        )
    messages = [chat.messages[number] for number in dict.fromkeys(ids) if number in chat.messages]
    for message in messages:
        _check(telegram, chat, message)
    with telegram.changing():
        for message in messages:
            del chat.messages[message.id]
    return True


def _check(telegram: Telegram, chat: Chat, message: Message) -> None:
    """In private chats both sides' messages may go; in groups, others' only by an administrator."""
    if "can_delete_messages" in chat.bot_rights:
        return
    if not chat.is_private and message.sender_id != telegram.world.bot.id:
        raise bad_request("message can't be deleted")
    age = telegram.clock.seconds() - message.date
    if age >= DELETABLE_FOR.total_seconds():
        raise bad_request("message can't be deleted for everyone")
