"""The domain decides that something is said, to whom and how urgently. Its words, in the person's
language and discretion, are found by dialogs/notices.py at the moment of sending.
"""

from domain.notices.manners import MANNERS
from domain.notices.names import Notice, says
from domain.notices.telling import (
    ANY_HOUR,
    DRAWN_FOR,
    ONLY_CONFIRMED,
    letter,
    mention,
    tell,
    tell_chat,
    tell_if_it_gets_there,
)

__all__ = [
    "ANY_HOUR",
    "DRAWN_FOR",
    "MANNERS",
    "ONLY_CONFIRMED",
    "Notice",
    "letter",
    "mention",
    "says",
    "tell",
    "tell_chat",
    "tell_if_it_gets_there",
]
