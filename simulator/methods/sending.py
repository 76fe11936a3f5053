"""Messages that the bot sends."""

from collections.abc import Callable

from simulator.bot_api.keyboards import checked_markup
from simulator.bot_api.parameters import Parameters
from simulator.bot_api.views import message_view
from simulator.errors import bad_request
from simulator.memory.chats import Chat
from simulator.memory.messages import Message
from simulator.methods import contents
from simulator.methods.targets import (
    existing_message,
    known_chat,
    named_topic,
    writable_chat,
)
from simulator.telegram import Telegram
from simulator.wire import Json

ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


def send_message(telegram: Telegram, parameters: Parameters) -> Json:
    return _send(telegram, parameters, lambda: contents.text(parameters))


def send_photo(telegram: Telegram, parameters: Parameters) -> Json:
    return _send(telegram, parameters, lambda: contents.photo(telegram, parameters))


def send_voice(telegram: Telegram, parameters: Parameters) -> Json:
    return _send(telegram, parameters, lambda: contents.voice(telegram, parameters))


def send_document(telegram: Telegram, parameters: Parameters) -> Json:
    return _send(telegram, parameters, lambda: contents.document(telegram, parameters))


def send_location(telegram: Telegram, parameters: Parameters) -> Json:
    return _send(telegram, parameters, lambda: contents.location(parameters))


def send_contact(telegram: Telegram, parameters: Parameters) -> Json:
    return _send(telegram, parameters, lambda: contents.contact(parameters))


def send_chat_action(telegram: Telegram, parameters: Parameters) -> bool:
    named_topic(writable_chat(telegram, parameters), parameters)
    if parameters.text("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def copy_message(telegram: Telegram, parameters: Parameters) -> Json:
    source = _source(telegram, parameters, "copy")
    content = dict(source.content)
    if "caption" in parameters:
        content = {k: v for k, v in content.items() if not k.startswith("caption")}
        content |= contents.caption(parameters)
    message = post(telegram, parameters, content)
    return {"message_id": message.id}


def forward_message(telegram: Telegram, parameters: Parameters) -> Json:
    source = _source(telegram, parameters, "forward")
    message = post(telegram, parameters, dict(source.content))
    message.forward_origin = source.forward_origin or {
        "type": "user",
        "date": source.date,
        "sender_user": telegram.world.sender_view(source.sender_id),
    }
    return message_view(telegram.world, message)


def post(telegram: Telegram, parameters: Parameters, content: Json) -> Message:
    """A message of the bot, with all that a call may say about it besides its content."""
    chat = writable_chat(telegram, parameters)
    topic = named_topic(chat, parameters)
    reply_to = _reply_to(chat, parameters)
    markup = checked_markup(parameters.nested("reply_markup"))
    if topic and topic.closed and "can_manage_topics" not in chat.bot_rights:
        raise bad_request("TOPIC_CLOSED")
    telegram.limits.count(chat.id)
    with telegram.changing():
        message = telegram.world.add_message(
            chat, telegram.world.bot.id, telegram.clock.seconds(), content
        )
        message.thread_id = topic.id if topic else None
        message.reply_to = reply_to
        message.markup = markup
        message.protected = parameters.flag("protect_content")
        message.silent = parameters.flag("disable_notification")
        message.link_preview_options = parameters.object("link_preview_options") or {}
    return message


def _send(telegram: Telegram, parameters: Parameters, content: Callable[[], Json]) -> Json:
    writable_chat(telegram, parameters)
    message = post(telegram, parameters, content())
    return message_view(telegram.world, message)


def _source(telegram: Telegram, parameters: Parameters, purpose: str) -> Message:
    chat = known_chat(telegram, parameters, "from_chat_id")
    message = existing_message(chat, parameters.integer("message_id"), purpose)
    if message.is_service or message.protected:
        raise bad_request(f"message can't be {'copied' if purpose == 'copy' else 'forwarded'}")
    return message


def _reply_to(chat: Chat, parameters: Parameters) -> int | None:
    given = parameters.object("reply_parameters")
    reply = Parameters(given) if given else parameters
    message_id = reply.integer("message_id" if given else "reply_to_message_id")
    if message_id == 0 or message_id in chat.messages:
        return message_id or None
    if reply.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")
