"""Who may do what in a chat, from a Bot API server that may be older than aiogram."""

from collections.abc import Mapping
from typing import Any

from aiogram.types import ChatMemberAdministrator, ChatMemberBanned, ChatMemberRestricted

# Telegram adds rights, and aiogram insists on each. "Until" zero means for ever.
_UNSAID = {
    name: 0
    for kind in (ChatMemberAdministrator, ChatMemberBanned, ChatMemberRestricted)
    for name, field in kind.model_fields.items()
    if field.is_required() and name != "user"
}


def said_in_full(change: Mapping[str, Any]) -> dict[str, Any]:
    """A right of which the server says nothing counts as one that nobody has."""
    members = {
        name: {**_UNSAID, **member}
        for name in ("old_chat_member", "new_chat_member")
        if isinstance(member := change.get(name), Mapping)
    }
    return {**change, **members}
