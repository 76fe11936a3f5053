from dataclasses import replace
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode

from dialogs.states import MenuStates, WelcomeStates
from dialogs.welcome.notice import NOTICE_VERSION, PURPOSES
from domain.consent import give_consent
from domain.phones import choose_discretion
from storage.kinds import Discretion


async def choose_phone(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    if chosen in set(Discretion):
        await set_discretion(manager, Discretion(chosen))
        await manager.switch_to(WelcomeStates.notice)


async def set_discretion(manager: DialogManager, discretion: Discretion) -> None:
    """From the next window on."""
    data = manager.middleware_data
    await choose_discretion(data["session"], data["returnee"], discretion)
    data["texts"] = replace(data["texts"], discretion=discretion)


async def agree(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    await _decide(manager, granted=True)


async def decline(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    await _decide(manager, granted=False)


async def _decide(manager: DialogManager, *, granted: bool) -> None:
    """Keeps the answer about one purpose, and asks about the next."""
    data = manager.middleware_data
    asked = manager.dialog_data.get("asked", 0)
    await give_consent(data["session"], data["returnee"], PURPOSES[asked], granted, NOTICE_VERSION)
    if asked + 1 < len(PURPOSES):
        manager.dialog_data["asked"] = asked + 1
    else:
        await manager.start(MenuStates.main, mode=StartMode.RESET_STACK)
