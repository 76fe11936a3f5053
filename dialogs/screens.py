"""What is said, and what it is said with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiogram.types import InlineKeyboardMarkup

from dialogs.texts import Texts
from storage.sessions import Session
from storage.tables.returnees import Returnee


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is made as it is sent, and kept nowhere."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Screen:
    """What stands in a chat: Telegram's HTML, and the buttons under it."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None
    #: A recording; the text is then its caption.
    voice: bytes | None = None
    #: Says nothing; the words wait to be opened.
    covers: bool = False
    #: A file; the text is then its caption.
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice about to be worded: to whom, and about what."""

    session: Session
    texts: Texts
    params: Mapping[str, Any]
    #: None for staff, and for somebody of whom nothing is kept.
    returnee: Returnee | None = None

    @property
    def person(self) -> Returnee:
        """Whom it is for, where it is only ever told to somebody we know."""
        if self.returnee is None:
            raise LookupError("this notice is only told to somebody enrolled")
        return self.returnee
