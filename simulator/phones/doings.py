"""What people do with their phones."""

import re
import secrets

from simulator.bot_api.views import accessible_view
from simulator.entities import TEXT_UNITS, Formatted
from simulator.errors import bad_request, forbidden
from simulator.membership import change_bot_status
from simulator.memory.callbacks import Callback
from simulator.memory.chats import Chat, Status
from simulator.memory.messages import Message
from simulator.memory.users import User
from simulator.telegram import Telegram
from simulator.wire import Json, cut_units, units

DEEP_LINK = re.compile(r"[A-Za-z0-9_-]{0,64}")


class Phones:
    """Every action checks what a real app would, and tells the bot what a real server would."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._world = telegram.world

    def user(self, user_id: int) -> User:
        try:
            return self._world.users[user_id]
        except KeyError:
            raise bad_request("no such user") from None

    def add_user(
        self,
        first_name: str,
        *,
        language_code: str = "en",
        last_name: str | None = None,
        username: str | None = None,
    ) -> User:
        with self._telegram.changing():
            return self._world.add_user(
                first_name, language_code=language_code, last_name=last_name, username=username
            )

    def add_group(
        self,
        title: str,
        members: list[int],
        *,
        is_forum: bool = False,
        bot_is_admin: bool = True,
        can_manage_topics: bool = True,
    ) -> Chat:
        """A group that its first member made, and to which the bot was added."""
        if not members:
            raise bad_request("a group needs a member")
        users = [self.user(member) for member in members]
        with self._telegram.changing():
            chat = self._world.add_group(title, is_forum=is_forum)
            chat.members.update((user.id, "member") for user in users)
            chat.members[users[0].id] = "creator"
            if bot_is_admin:
                chat.bot_rights = {"can_delete_messages", "can_pin_messages"}
                if can_manage_topics and is_forum:
                    chat.bot_rights.add("can_manage_topics")
            change_bot_status(
                self._telegram, chat, users[0].id, "administrator" if bot_is_admin else "member"
            )
            return chat

    def send_text(
        self,
        user_id: int,
        text: str,
        *,
        chat_id: int | None = None,
        reply_to: int | None = None,
        thread_id: int | None = None,
    ) -> Message:
        """What is too long for one message leaves as several, as from a real app; the first one."""
        formatted = Formatted(text, []).trimmed()
        if not formatted.text:
            raise bad_request("a message needs words")
        parts, rest = [], formatted.text
        while rest:
            part = cut_units(rest, TEXT_UNITS)
            parts.append(Formatted(part, []).detected())
            rest = rest[len(part) :]
        sent = [self.send(user_id, part.content(), chat_id, reply_to, thread_id) for part in parts]
        return sent[0]

    def send(
        self,
        user_id: int,
        content: Json,
        chat_id: int | None = None,
        reply_to: int | None = None,
        thread_id: int | None = None,
    ) -> Message:
        """Any content in the Bot API's own fields."""
        user = self.user(user_id)
        chat = self._writable_chat(user, chat_id or user_id)
        if thread_id is not None and thread_id not in chat.topics:
            raise bad_request("message thread not found")
        with self._telegram.changing():
            user.started = user.started or chat.is_private
            message = self._world.add_message(
                chat, user_id, self._telegram.clock.seconds(), content
            )
            message.thread_id = thread_id
            message.reply_to = reply_to if reply_to in chat.messages else None
            self._telegram.tell("message", message)
            return message

    def start(self, user_id: int, payload: str = "") -> Message:
        """Follow a link to the bot, or press Start; this also lets a blocked bot back in."""
        if not DEEP_LINK.fullmatch(payload):
            raise bad_request("a link carries at most 64 of A-Z a-z 0-9 _ -")
        self.unblock(user_id)
        return self.send_text(user_id, f"/start {payload}".strip())

    def edit(self, user_id: int, chat_id: int, message_id: int, text: str) -> Message:
        message = self._own_message(user_id, chat_id, message_id)
        formatted = Formatted(text, []).trimmed().detected()
        if "text" not in message.content or not formatted.text:
            raise bad_request("only words can be edited")
        if units(formatted.text) > TEXT_UNITS:
            raise bad_request("message is too long")
        with self._telegram.changing():
            message.content = formatted.content()
            message.edit_date = self._telegram.clock.seconds()
            self._telegram.tell("edited_message", message)
            return message

    def delete(self, user_id: int, chat_id: int, message_id: int) -> None:
        """Bots hear nothing of it. In a private chat a person may delete the bot's words, too."""
        chat = self._telegram.chat(chat_id)
        if not chat.is_private:
            self._own_message(user_id, chat_id, message_id)
        elif chat_id != user_id or message_id not in chat.messages:
            raise bad_request("message to delete not found")
        with self._telegram.changing():
            del chat.messages[message_id]

    def press(self, user_id: int, chat_id: int, message_id: int, data: str) -> Callback:
        """Press an inline button; the data need not be on any, as a forger's would not."""
        user, chat = self.user(user_id), self._telegram.chat(chat_id)
        with self._telegram.changing():
            callback = Callback(str(secrets.randbits(63)), user_id, self._telegram.clock.seconds())
            self._world.callbacks[callback.id] = callback
            query = {
                "id": callback.id,
                "from": user.view(),
                "message": accessible_view(self._world, chat, message_id),
                "chat_instance": str(-chat.id),
                "data": data,
            }
            self._telegram.updates.put("callback_query", query, chat.id)
            return callback

    def block(self, user_id: int) -> None:
        self._set_blocked(self.user(user_id), blocked=True)

    def unblock(self, user_id: int) -> None:
        self._set_blocked(self.user(user_id), blocked=False)

    def deactivate(self, user_id: int) -> None:
        """The person's account is gone; the bot hears of it only by trying to write."""
        with self._telegram.changing():
            self.user(user_id).deactivated = True

    def kick_bot(self, user_id: int, chat_id: int) -> None:
        user, chat = self.user(user_id), self._telegram.chat(chat_id)
        if chat.is_private or chat.members.get(user_id) not in ("creator", "administrator"):
            raise forbidden("only an administrator of a group can do this")
        with self._telegram.changing():
            change_bot_status(self._telegram, chat, user.id, "kicked")

    def migrate(self, chat_id: int) -> Chat:
        """Turn a small group into a supergroup, with another id."""
        group = self._telegram.chat(chat_id)
        if group.type != "group" or group.migrated_to:
            raise bad_request("only a small group can become a supergroup")
        creator = next(user for user, status in group.members.items() if status == "creator")
        with self._telegram.changing():
            chat = self._world.upgrade(group)
            self._serve(group, creator, {"migrate_to_chat_id": chat.id})
            self._serve(chat, creator, {"migrate_from_chat_id": group.id})
            return chat

    def _serve(self, chat: Chat, user_id: int, content: Json) -> None:
        now = self._telegram.clock.seconds()
        message = self._world.add_message(chat, user_id, now, content)
        self._telegram.tell("message", message)

    def _set_blocked(self, user: User, *, blocked: bool) -> None:
        if user.blocked == blocked:
            return
        with self._telegram.changing():
            chat = self._world.chats[user.id]
            status: Status = "kicked" if blocked else "member"
            change_bot_status(self._telegram, chat, user.id, status)
            user.blocked = blocked

    def _writable_chat(self, user: User, chat_id: int) -> Chat:
        chat = self._telegram.chat(chat_id)
        if chat.is_private:
            if chat.id != user.id:
                raise bad_request("chat not found")
            if user.blocked:
                raise forbidden("the bot is blocked: unblock it first")
        elif chat.members.get(user.id) not in ("creator", "administrator", "member"):
            raise forbidden("not a member of this chat")
        elif chat.migrated_to:
            raise forbidden("this group has become a supergroup")
        return chat

    def _own_message(self, user_id: int, chat_id: int, message_id: int) -> Message:
        message = self._telegram.chat(chat_id).messages.get(message_id)
        if message is None or message.sender_id != user_id:
            raise bad_request("message not found")
        return message
