"""Chats, who is in them, and their topics."""

from dataclasses import dataclass, field
from typing import Literal

from simulator.memory.messages import Message

Status = Literal["creator", "administrator", "member", "left", "kicked"]
ChatType = Literal["private", "group", "supergroup"]


@dataclass
class Topic:
    #: The id of the service message that made it, as with Telegram.
    id: int
    name: str
    icon_color: int = 7322096
    icon_custom_emoji_id: str | None = None
    closed: bool = False


@dataclass
class Chat:
    id: int
    type: ChatType
    title: str | None = None
    is_forum: bool = False
    members: dict[int, Status] = field(default_factory=dict)
    #: What the bot may do beyond reading and writing, as `can_…` names.
    bot_rights: set[str] = field(default_factory=set)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    #: Of a supergroup, whose first message was its own creation; 1 also stands for General.
    last_message_id: int = 1
    migrated_to: int | None = None

    @property
    def is_private(self) -> bool:
        return self.type == "private"
