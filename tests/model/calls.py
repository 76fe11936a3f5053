"""What people asked of a human in ways that the watch has no ear for, as it came to Wayhome."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from re import fullmatch
from typing import Any
from uuid import UUID

from dialogs.presses import AskForHuman, EndCase, ForgetMe, TapPicture

_UNREADABLE = ("voice", "photo")
#: Of "A person, please".
BUTTON = AskForHuman().pack()
#: Of one picture of those that open a watched phone.
GRID = "x:[0-9]+"
#: What freezes the chat of whoever is known.
STOP_WORD = "lavender teapot"
_PUT_OFF = "d:[0-9a-f-]+:(1h|tomorrow)|dd:[0-9a-f-]+:[0-9]+"
_FORGET, _END = (f"{press.__prefix__}:" for press in (ForgetMe, EndCase))


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
    #: How often they sent what freezes their chat.
    stopped: Counter[int] = field(default_factory=Counter)
    #: The pictures that they tapped, in order.
    taps: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    #: How often a check-in was put off, whoever pressed that.
    put_off: Counter[UUID | None] = field(default_factory=Counter)

    def note(self, update: dict[str, Any]) -> None:
        """An update that came for the first time, from a phone that is none of the staff."""
        message = update.get("message")
        # Somebody else's words ask for nobody.
        if message is not None and "forward_origin" not in message:
            chat = message["chat"]["id"]
            self.for_somebody[chat] += message.get("text") == "/help"
            self.stopped[chat] += message.get("text") == STOP_WORD
            if any(kind in message for kind in _UNREADABLE):
                self.unreadable[chat].add(message["message_id"])
        if press := update.get("callback_query"):
            self._note_press(press["from"]["id"], press["data"])
        if change := update.get("my_chat_member"):
            self.blocked.add(change["chat"]["id"])

    def _note_press(self, chat: int, data: str) -> None:
        self.for_somebody[chat] += data == BUTTON
        if data.startswith(_FORGET) and data != ForgetMe().pack():
            self.to_be_forgotten.add(chat)
        if fullmatch(GRID, data):
            self.taps[chat].append(TapPicture.unpack(data).picture)
        if fullmatch(_PUT_OFF, data):
            self.put_off[UUID(data.split(":")[1])] += 1

    def forget(self, chat: int) -> None:
        del self.for_somebody[chat]
        del self.stopped[chat]
        self.unreadable.pop(chat, None)


def chat_of(update: dict[str, Any]) -> int:
    """Where it happened."""
    [event] = [event for name, event in update.items() if name != "update_id"]
    chat: int = event.get("message", event)["chat"]["id"]
    return chat


def code_closed_by(data: str) -> str | None:
    """Of the case that whoever presses this closes."""
    return EndCase.unpack(data).code if data.startswith(_END) else None
