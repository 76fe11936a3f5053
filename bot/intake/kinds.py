from collections.abc import Mapping
from typing import Any

#: The updates that Wayhome asks Telegram for.
UPDATE_KINDS = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
]


def is_asked_for(update: Mapping[str, Any]) -> bool:
    """Whoever was asked before us, or is no Telegram at all, may bring others, too."""
    return any(update.get(kind) is not None for kind in UPDATE_KINDS)
