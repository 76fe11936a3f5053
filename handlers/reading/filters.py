"""Looking at what an update holds, right where it is handled.

aiogram hands a bare magic filter to a thread, and the way there and back costs more than the look:
every message passes nine of them. A magic one in its place costs several times the bare look. Its
way to a filter of ours costs more than the look, too, so handlers/finding/routing.py glances first.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.filters import Command, Filter
from aiogram.types import Message, TelegramObject

from domain.codes.handed import code_alone
from domain.crisis.answering import is_called
from handlers.reading.contents import calls_for_help, is_command, kind_of
from storage.sessions import Session
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff


class Glance(ABC):
    """What turns most updates away, told by a line of Python."""

    @abstractmethod
    def may_hold(self, event: Any, known: Mapping[str, Any]) -> bool:
        """`known`: what handlers are given."""


class Holds(Glance, Filter):
    def __init__(self, what: Callable[[Any], object]) -> None:
        self.what = what

    def may_hold(self, event: Any, known: Mapping[str, Any]) -> bool:
        return bool(self.what(event))

    async def __call__(self, event: TelegramObject) -> bool:
        return bool(self.what(event))


class Known(Glance, Filter):
    """Goes by what is known of the update alone, such as whose it is."""

    def __init__(self, what: Callable[[Mapping[str, Any]], object]) -> None:
        self.what = what

    def may_hold(self, event: Any, known: Mapping[str, Any]) -> bool:
        return bool(self.what(known))

    async def __call__(self, event: TelegramObject, **known: Any) -> bool:
        return bool(self.what(known))


_GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP, ChatType.CHANNEL}
SAID = Holds(kind_of)
COMMAND = Holds(lambda message: message.text and is_command(message.text))
CODE = Holds(lambda message: message.text and code_alone(message.text))
NO_COMMAND = Holds(lambda message: message.text and not message.text.startswith("/"))
PRIVATE = Holds(lambda event: event.chat.type == ChatType.PRIVATE)
PRESSED_IN_PRIVATE = Holds(lambda press: press.message and PRIVATE.what(press.message))
# Of a change that nobody made, such as a reaction to what stands there, Telegram says no time.
EDITED = Holds(lambda message: message.edit_date)
IN_GROUP = Holds(lambda event: event.chat.type in _GROUPS)
PRESSED_IN_GROUP = Holds(lambda press: press.message and IN_GROUP.what(press.message))
WANTS_HELP = Holds(calls_for_help)
OF_STAFF = Known(lambda known: known["staff"] is not None)
OF_NO_STAFF = Known(lambda known: known["staff"] is None)


class _Called(Glance, Command):
    """aiogram's, which takes each word apart to see that it is no command, as most are none."""

    def may_hold(self, event: Any, known: Mapping[str, Any]) -> bool:
        return self._begins_as_one(event)

    async def __call__(self, message: Message, bot: Bot) -> bool | dict[str, Any]:
        return self._begins_as_one(message) and await super().__call__(message, bot)

    def _begins_as_one(self, message: Message) -> bool:
        said = message.text or message.caption or ""
        return said.lstrip().startswith(self.prefix)


def called(name: str) -> Command:
    """The command of that name, in whatever letters: keyboards begin a message with a capital.

    Also as "/help@OurBot": where it is read nobody else can be meant, and to ask Telegram what we
    are called there would mean to call it inside a transaction.
    """
    return _Called(name, ignore_case=True, ignore_mention=True)


async def nobody_called(
    message: Message, session: Session, returnee: Returnee | None, staff: Staff | None
) -> bool:
    """Of words that are changed to /help, which asks for somebody once. Staff are never taken for a
    person of ours.
    """
    if returnee is None:
        return staff is None
    return not await is_called(session, returnee)
