"""What people asked of a human in ways that the watch has no ear for, as it came to Wayhome."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from dialogs.presses import AskForHuman, CloseCase, ForgetMe

_UNREADABLE = ("voice", "photo")
#: Of "A person, please".
BUTTON = AskForHuman().pack()
_FORGET, _CLOSE = (f"{press.__prefix__}:" for press in (ForgetMe, CloseCase))


@dataclass
class Calls:
    """By chat."""

    #: How often they asked for somebody, by /help or by a button.
    for_somebody: Counter[int] = field(default_factory=Counter)
    #: The recordings and pictures that they sent, by their numbers.
    unreadable: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    #: Who ever blocked the bot, and may have missed an answer.
    blocked: set[int] = field(default_factory=set)
    #: Who asked to be forgotten, and meant it.
    to_be_forgotten: set[int] = field(default_factory=set)

    def note(self, update: dict[str, Any]) -> None:
        """An update that came for the first time."""
        message = update.get("message")
        # Somebody else's words ask for nobody.
        if message is not None and "forward_origin" not in message:
            chat = message["chat"]["id"]
            self.for_somebody[chat] += message.get("text") == "/help"
            if any(kind in message for kind in _UNREADABLE):
                self.unreadable[chat].add(message["message_id"])
        if press := update.get("callback_query"):
            self.for_somebody[press["from"]["id"]] += press["data"] == BUTTON
            if press["data"].startswith(_FORGET) and press["data"] != ForgetMe().pack():
                self.to_be_forgotten.add(press["from"]["id"])
        if change := update.get("my_chat_member"):
            self.blocked.add(change["chat"]["id"])

    def forget(self, chat: int) -> None:
        del self.for_somebody[chat]
        self.unreadable.pop(chat, None)


def code_closed_by(data: str) -> str | None:
    """Of the case that whoever presses this closes."""
    if not data.startswith(_CLOSE):
        return None
    press = CloseCase.unpack(data)
    return press.code if press.outcome is not None else None
