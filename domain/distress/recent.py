"""The short messages that somebody wrote just before, since a cry may be split over several.

They are in the memory of one process and nowhere else, for minutes, under the hash of their chat:
nothing more is stored for it, and what a crash or another replica misses is that two halves were
one. Each half has been looked at by itself all the same.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.distress.watch import RECENT_MESSAGES

WITHIN = timedelta(minutes=5)
SHORT = 200
MOST_CHATS = 5_000


class Said(NamedTuple):
    number: int
    at: datetime
    text: str


class RecentWords:
    def __init__(self) -> None:
        self._by_chat: OrderedDict[bytes, tuple[Said, ...]] = OrderedDict()

    def before(self, chat: bytes, number: int, text: str, now: datetime) -> list[str]:
        """What the chat said just before this message, oldest first; and this one is kept."""
        fresh = [
            said
            for said in self._by_chat.pop(chat, ())
            if said.at > now - WITHIN and said.number != number
        ]
        said = (*fresh, Said(number, now, text)) if text and len(text) <= SHORT else tuple(fresh)
        if said:
            self._by_chat[chat] = said[-RECENT_MESSAGES:]
            if len(self._by_chat) > MOST_CHATS:
                self._by_chat.popitem(last=False)
        return [each.text for each in fresh if each.number < number]
