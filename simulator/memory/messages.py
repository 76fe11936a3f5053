"""Messages as they lie in a chat."""

from dataclasses import dataclass, field

from simulator.wire import Json


@dataclass
class Message:
    id: int
    chat_id: int
    sender_id: int
    #: Seconds since 1970, as all dates of the Bot API.
    date: int
    #: What it says, in the Bot API's own fields: text and entities, voice, photo, location …
    content: Json
    edit_date: int | None = None
    thread_id: int | None = None
    reply_to: int | None = None
    #: Inline keyboard, reply keyboard, or the removal of one.
    markup: Json = field(default_factory=dict)
    protected: bool = False
    silent: bool = False
    link_preview_options: Json = field(default_factory=dict)
    forward_origin: Json = field(default_factory=dict)
    reactions: list[Json] = field(default_factory=list)

    @property
    def words(self) -> str:
        return str(self.content.get("text") or self.content.get("caption") or "")

    @property
    def inline_keyboard(self) -> list[list[Json]] | None:
        return self.markup.get("inline_keyboard")

    @property
    def has_other_markup(self) -> bool:
        """A reply keyboard, its removal or a forced reply: Telegram then lets nobody edit it."""
        return bool(self.markup) and self.inline_keyboard is None

    @property
    def is_service(self) -> bool:
        return not self.content.keys().isdisjoint(SERVICE_FIELDS)


SERVICE_FIELDS = frozenset(
    {
        "new_chat_members",
        "left_chat_member",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "pinned_message",
    }
)
