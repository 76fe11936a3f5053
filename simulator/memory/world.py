"""Everything that the simulated Telegram remembers. Plain values: no clock, no network."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from simulator.memory.callbacks import Callback
from simulator.memory.chats import Chat
from simulator.memory.files import StoredFile
from simulator.memory.messages import Message
from simulator.memory.pending import Pending, WebhookSettings
from simulator.memory.users import Bot, User
from simulator.wire import Json

# Real ones have outgrown 32 bits.
USER_IDS = range(100_000_000, 8_000_000_000)


@dataclass
class World:
    bot: Bot
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    pending: list[Pending] = field(default_factory=list)
    last_update_id: int = field(
        default_factory=lambda: 100_000_000 + secrets.randbelow(800_000_000)
    )
    allowed_updates: list[str] = field(default_factory=list)
    webhook: WebhookSettings | None = None
    #: Private chats and small groups share one sequence; each supergroup has its own.
    last_message_id: int = 0
    #: How far the clock was moved, where nobody else keeps it.
    ahead: timedelta = timedelta()

    def add_user(
        self,
        first_name: str,
        *,
        language_code: str = "en",
        last_name: str | None = None,
        username: str | None = None,
    ) -> User:
        user = User(
            id=self._unused(USER_IDS.start + secrets.randbelow(len(USER_IDS))),
            first_name=first_name,
            language_code=language_code,
            last_name=last_name,
            username=username,
        )
        self.users[user.id] = user
        self.chats[user.id] = Chat(id=user.id, type="private", members={self.bot.id: "member"})
        return user

    def add_group(self, title: str, *, is_forum: bool = False) -> Chat:
        chat = Chat(
            id=self._supergroup_id() if is_forum else self._unused(-secrets.randbelow(10**10) - 1),
            type="supergroup" if is_forum else "group",
            title=title,
            is_forum=is_forum,
        )
        self.chats[chat.id] = chat
        return chat

    def upgrade(self, group: Chat) -> Chat:
        """The supergroup that takes a small group's place."""
        chat = Chat(
            id=self._supergroup_id(),
            type="supergroup",
            title=group.title,
            members=dict(group.members),
            bot_rights=set(group.bot_rights),
        )
        self.chats[chat.id] = chat
        group.migrated_to = chat.id
        return chat

    def add_message(self, chat: Chat, sender_id: int, date: int, content: Json) -> Message:
        message = Message(self._next_message_id(chat), chat.id, sender_id, date, content)
        chat.messages[message.id] = message
        return message

    def add_file(self, file: StoredFile) -> StoredFile:
        self.files[file.id] = file
        return file

    def sender_view(self, sender_id: int) -> Json:
        return self.bot.view() if sender_id == self.bot.id else self.users[sender_id].view()

    def _next_message_id(self, chat: Chat) -> int:
        if chat.type == "supergroup":
            chat.last_message_id += 1
            return chat.last_message_id
        self.last_message_id += 1
        return self.last_message_id

    def _supergroup_id(self) -> int:
        return self._unused(-(10**12) - 10**9 - secrets.randbelow(2 * 10**9))

    def _unused(self, number: int) -> int:
        return number if number not in self.chats else self._unused(number - 1)
