"""Looking at what an update holds, right where it is handled.

aiogram hands a bare magic filter to a thread, and the way there and back costs more than the look:
every message passes nine of them.
"""

from aiogram import F
from aiogram.enums import ChatType
from aiogram.filters import Command, Filter
from aiogram.types import Message, TelegramObject
from aiogram.utils.magic_filter import MagicFilter

from domain.codes.handed import is_code
from handlers.reading.contents import calls_for_help, is_command


class Holds(Filter):
    def __init__(self, what: MagicFilter) -> None:
        self.what = what

    async def __call__(self, event: TelegramObject) -> bool:
        return bool(self.what.resolve(event))


WORDS = Holds(F.text)
COMMAND = Holds(F.text.func(is_command))
CODE = Holds(F.text.func(is_code))
NO_COMMAND = Holds(F.text & ~F.text.startswith("/"))
PRIVATE = Holds(F.chat.type == ChatType.PRIVATE)
PRESSED_IN_PRIVATE = Holds(F.message.chat.type == ChatType.PRIVATE)
IN_GROUP = Holds(F.chat.type.in_({ChatType.GROUP, ChatType.SUPERGROUP, ChatType.CHANNEL}))


async def wants_help(message: Message) -> bool:
    return calls_for_help(message)


def called(name: str) -> Command:
    """The command of that name, in whatever letters: keyboards begin a message with a capital.

    Also as "/help@OurBot": where it is read nobody else can be meant, and to ask Telegram what we
    are called there would mean to call it inside a transaction.
    """
    return Command(name, ignore_case=True, ignore_mention=True)
