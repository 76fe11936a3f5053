"""What an update of Telegram's says of itself, whatever else it holds."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any


def chat_of_update(update: Mapping[str, Any]) -> int:
    """The chat that an update belongs to, or the person where it has none; 0 when neither."""
    for kind, event in update.items():
        if kind == "update_id" or not isinstance(event, Mapping):
            continue
        message = event.get("message")
        holder = message if isinstance(message, Mapping) else event
        chat = holder.get("chat") or event.get("from") or event.get("user") or {}
        number = chat.get("id") if isinstance(chat, Mapping) else None
        return number if isinstance(number, int) else 0
    return 0


def is_update(something: Any) -> bool:
    """Whether it has what every update has: a number that can be told from others."""
    if not isinstance(something, Mapping):
        return False
    number = something.get("update_id")
    return type(number) is int and 0 <= number < 2**63


def sent_at(update: Mapping[str, Any]) -> datetime | None:
    """On Telegram's clock; None for what bears no date."""
    return said_at(
        update.get("message") or update.get("edited_message") or update.get("my_chat_member")
    )


def said_at(message: Any) -> datetime | None:
    """When a message was sent or last changed, or the bot blocked, as Telegram says."""
    said = message.get("edit_date") or message.get("date") if isinstance(message, Mapping) else None
    if not isinstance(said, int):
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=max(0, min(said, 2**33)))
