"""Topics of a forum."""

from simulator.bot_api.parameters import Parameters
from simulator.errors import bad_request
from simulator.memory.chats import Chat, Topic
from simulator.methods.targets import existing_topic, writable_chat
from simulator.simulator import Simulator
from simulator.wire import Json, present, units

NAME_UNITS = 128


def create_forum_topic(simulator: Simulator, parameters: Parameters) -> Json:
    chat = _forum(simulator, parameters)
    name = _checked_name(parameters.text("name"))
    looks = present(
        icon_color=parameters.integer("icon_color", 7322096),
        icon_custom_emoji_id=parameters.text("icon_custom_emoji_id"),
    )
    with simulator.changing():
        thread_id = _note(simulator, chat, {"forum_topic_created": {"name": name, **looks}})
        chat.messages[thread_id].thread_id = thread_id
        topic = chat.topics[thread_id] = Topic(thread_id, name, **looks)
    return {"message_thread_id": topic.id, "name": name, **looks}


def edit_forum_topic(simulator: Simulator, parameters: Parameters) -> bool:
    chat, topic = _topic(simulator, parameters)
    name = _checked_name(parameters.text("name")) if "name" in parameters else topic.name
    icon = parameters.text("icon_custom_emoji_id") or topic.icon_custom_emoji_id
    if (name, icon) == (topic.name, topic.icon_custom_emoji_id):
        raise bad_request("TOPIC_NOT_MODIFIED")
    with simulator.changing():
        topic.name, topic.icon_custom_emoji_id = name, icon
        edit = present(name=name, icon_custom_emoji_id=icon)
        _note(simulator, chat, {"forum_topic_edited": edit}, topic)
    return True


def close_forum_topic(simulator: Simulator, parameters: Parameters) -> bool:
    return _set_closed(simulator, parameters, closed=True)


def reopen_forum_topic(simulator: Simulator, parameters: Parameters) -> bool:
    return _set_closed(simulator, parameters, closed=False)


def delete_forum_topic(simulator: Simulator, parameters: Parameters) -> bool:
    """With all that was written there."""
    chat, topic = _topic(simulator, parameters)
    with simulator.changing():
        del chat.topics[topic.id]
        for message in [m for m in chat.messages.values() if m.thread_id == topic.id]:
            del chat.messages[message.id]
    return True


def unpin_all_forum_topic_messages(simulator: Simulator, parameters: Parameters) -> bool:
    chat, topic = _topic(simulator, parameters)
    with simulator.changing():
        chat.pinned = [
            number
            for number in chat.pinned
            if number in chat.messages and chat.messages[number].thread_id != topic.id
        ]
    return True


def _set_closed(simulator: Simulator, parameters: Parameters, *, closed: bool) -> bool:
    chat, topic = _topic(simulator, parameters)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    with simulator.changing():
        topic.closed = closed
        _note(simulator, chat, {f"forum_topic_{'closed' if closed else 'reopened'}": {}}, topic)
    return True


def _forum(simulator: Simulator, parameters: Parameters) -> Chat:
    chat = writable_chat(simulator, parameters)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    if "can_manage_topics" not in chat.bot_rights:
        raise bad_request("not enough rights to manage topics")
    return chat


def _topic(simulator: Simulator, parameters: Parameters) -> tuple[Chat, Topic]:
    chat = _forum(simulator, parameters)
    return chat, existing_topic(chat, parameters.integer("message_thread_id"))


def _note(simulator: Simulator, chat: Chat, content: Json, topic: Topic | None = None) -> int:
    """The service message that everybody in the chat sees; its id."""
    message = simulator.world.add_message(
        chat, simulator.world.bot.id, simulator.clock.seconds(), content
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
