"""Messages that the bot changes."""

from simulator.bot_api.keyboards import checked_markup
from simulator.bot_api.parameters import Parameters
from simulator.bot_api.views import message_view
from simulator.errors import bad_request
from simulator.memory.messages import Message
from simulator.methods import contents
from simulator.methods.targets import existing_message, writable_chat
from simulator.telegram import Telegram
from simulator.wire import Json

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly"
    " the same as a current content and reply markup of the message"
)
CAPTIONED = ("photo", "voice", "document")


def edit_message_text(telegram: Telegram, parameters: Parameters) -> Json:
    message = _editable(telegram, parameters)
    content = contents.text(parameters)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _change(telegram, message, content, parameters)


def edit_message_caption(telegram: Telegram, parameters: Parameters) -> Json:
    message = _editable(telegram, parameters)
    if message.content.keys().isdisjoint(CAPTIONED):
        raise bad_request("there is no caption in the message to edit")
    kept = {k: v for k, v in message.content.items() if not k.startswith("caption")}
    return _change(telegram, message, kept | contents.caption(parameters), parameters)


def edit_message_media(telegram: Telegram, parameters: Parameters) -> Json:
    message = _editable(telegram, parameters)
    return _change(telegram, message, contents.media(telegram, parameters), parameters)


def edit_message_reply_markup(telegram: Telegram, parameters: Parameters) -> Json:
    message = _editable(telegram, parameters)
    return _change(telegram, message, message.content, parameters)


def _editable(telegram: Telegram, parameters: Parameters) -> Message:
    chat = writable_chat(telegram, parameters)
    message = existing_message(chat, parameters.integer("message_id"), "edit")
    if (
        message.sender_id != telegram.world.bot.id
        or message.is_service
        or message.has_other_markup
        or message.forward_origin
    ):
        raise bad_request("message can't be edited")
    return message


def _change(telegram: Telegram, message: Message, content: Json, parameters: Parameters) -> Json:
    markup = checked_markup(parameters.nested("reply_markup"), inline_only=True)
    if content == message.content and markup == message.markup:
        raise bad_request(NOT_MODIFIED)
    telegram.limits.count(message.chat_id)
    with telegram.changing():
        if content != message.content:
            message.edit_date = telegram.clock.seconds()
        message.content, message.markup = content, markup
    return message_view(telegram.world, message)
