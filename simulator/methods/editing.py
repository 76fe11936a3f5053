"""Messages that the bot changes."""

from simulator.bot_api.keyboards import checked_markup
from simulator.bot_api.parameters import Parameters
from simulator.bot_api.views import message_view
from simulator.errors import bad_request
from simulator.memory.messages import Message
from simulator.methods import contents
from simulator.methods.targets import existing_message, writable_chat
from simulator.simulator import Simulator
from simulator.wire import Json

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly"
    " the same as a current content and reply markup of the message"
)
CAPTIONED = ("photo", "voice", "document")


def edit_message_text(simulator: Simulator, parameters: Parameters) -> Json:
    message = _editable(simulator, parameters)
    content = contents.text(parameters)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _change(simulator, message, content, parameters)


def edit_message_caption(simulator: Simulator, parameters: Parameters) -> Json:
    message = _editable(simulator, parameters)
    if message.content.keys().isdisjoint(CAPTIONED):
        raise bad_request("there is no caption in the message to edit")
    kept = {k: v for k, v in message.content.items() if not k.startswith("caption")}
    return _change(simulator, message, kept | contents.caption(parameters), parameters)


def edit_message_media(simulator: Simulator, parameters: Parameters) -> Json:
    message = _editable(simulator, parameters)
    return _change(simulator, message, contents.media(simulator, parameters), parameters)


def edit_message_reply_markup(simulator: Simulator, parameters: Parameters) -> Json:
    message = _editable(simulator, parameters)
    return _change(simulator, message, message.content, parameters)


def _editable(simulator: Simulator, parameters: Parameters) -> Message:
    chat = writable_chat(simulator, parameters)
    message = existing_message(chat, parameters.integer("message_id"), "edit")
    if (
        message.sender_id != simulator.world.bot.id
        or message.is_service
        or message.has_other_markup
        or message.forward_origin
    ):
        raise bad_request("message can't be edited")
    return message


def _change(simulator: Simulator, message: Message, content: Json, parameters: Parameters) -> Json:
    markup = checked_markup(parameters.nested("reply_markup"), inline_only=True)
    if content == message.content and markup == message.markup:
        raise bad_request(NOT_MODIFIED)
    simulator.limits.count(message.chat_id)
    with simulator.changing():
        if content != message.content:
            message.edit_date = simulator.clock.seconds()
        message.content, message.markup = content, markup
    return message_view(simulator.world, message)
