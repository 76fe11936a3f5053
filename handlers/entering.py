"""/start, with or without an invitation."""

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import CommandStart
from aiogram.types import Message
from aiogram_dialog import DialogManager, StartMode

from dialogs.states import LanguageStates


def router() -> Router:
    entering = Router(name="entering")
    entering.message.register(start, CommandStart(), F.chat.type == ChatType.PRIVATE)
    return entering


async def start(message: Message, dialog_manager: DialogManager) -> None:
    await dialog_manager.start(LanguageStates.choose, mode=StartMode.RESET_STACK)
