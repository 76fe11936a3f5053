"""Topics of a forum."""

from simulator.bot_api.parameters import Parameters
from simulator.errors import bad_request
from simulator.memory.chats import Chat, Topic
from simulator.methods.targets import existing_topic, writable_chat
from simulator.telegram import Telegram
from simulator.wire import Json, present, units

NAME_UNITS = 128


def create_forum_topic(telegram: Telegram, parameters: Parameters) -> Json:
    chat = _forum(telegram, parameters)
    name = _checked_name(parameters.text("name"))
    looks = present(
        icon_color=parameters.integer("icon_color", 7322096),
        icon_custom_emoji_id=parameters.text("icon_custom_emoji_id"),
    )
    with telegram.changing():
        thread_id = _note(telegram, chat, {"forum_topic_created": {"name": name, **looks}})
        chat.messages[thread_id].thread_id = thread_id
        topic = chat.topics[thread_id] = Topic(thread_id, name, **looks)
    return {"message_thread_id": topic.id, "name": name, **looks}


def edit_forum_topic(telegram: Telegram, parameters: Parameters) -> bool:
    chat, topic = _topic(telegram, parameters)
    name = _checked_name(parameters.text("name")) if "name" in parameters else topic.name
    icon = parameters.text("icon_custom_emoji_id") or topic.icon_custom_emoji_id
    if (name, icon) == (topic.name, topic.icon_custom_emoji_id):
        raise bad_request("TOPIC_NOT_MODIFIED")
    with telegram.changing():
        topic.name, topic.icon_custom_emoji_id = name, icon
        edit = present(name=name, icon_custom_emoji_id=icon)
        _note(telegram, chat, {"forum_topic_edited": edit}, topic)
    return True


def close_forum_topic(telegram: Telegram, parameters: Parameters) -> bool:
    return _set_closed(telegram, parameters, closed=True)


def reopen_forum_topic(telegram: Telegram, parameters: Parameters) -> bool:
    return _set_closed(telegram, parameters, closed=False)


def delete_forum_topic(telegram: Telegram, parameters: Parameters) -> bool:
    """With all that was written there."""
    if "can_delete_messages" not in _forum(telegram, parameters).bot_rights:
        raise bad_request("not enough rights to delete a topic")
    chat, topic = _topic(telegram, parameters)
    with telegram.changing():
        del chat.topics[topic.id]
        for message in [m for m in chat.messages.values() if m.thread_id == topic.id]:
            del chat.messages[message.id]
    return True


def unpin_all_forum_topic_messages(telegram: Telegram, parameters: Parameters) -> bool:
    chat, topic = _topic(telegram, parameters)
    with telegram.changing():
        chat.pinned = [
            number
            for number in chat.pinned
            if number in chat.messages and chat.messages[number].thread_id != topic.id
        ]
    return True


def _set_closed(telegram: Telegram, parameters: Parameters, *, closed: bool) -> bool:
    chat, topic = _topic(telegram, parameters)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    with telegram.changing():
        topic.closed = closed
        _note(telegram, chat, {f"forum_topic_{'closed' if closed else 'reopened'}": {}}, topic)
    return True


def _forum(telegram: Telegram, parameters: Parameters) -> Chat:
    chat = writable_chat(telegram, parameters)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    if "can_manage_topics" not in chat.bot_rights:
        raise bad_request("not enough rights to manage topics")
    return chat


def _topic(telegram: Telegram, parameters: Parameters) -> tuple[Chat, Topic]:
    chat = _forum(telegram, parameters)
    return chat, existing_topic(chat, parameters.integer("message_thread_id"))


def _note(telegram: Telegram, chat: Chat, content: Json, topic: Topic | None = None) -> int:
    """The service message that everybody in the chat sees; its id."""
    message = telegram.world.add_message(
        chat, telegram.world.bot.id, telegram.clock.seconds(), content
    )
    message.thread_id = topic.id if topic else None
    return message.id


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name:
        raise bad_request("TOPIC_TITLE_EMPTY")
    if units(name) > NAME_UNITS:
        raise bad_request("topic name is too long")
    return name
