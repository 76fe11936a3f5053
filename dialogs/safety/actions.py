from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from dialogs.safety.hours import HOURS
from dialogs.states import SafetyStates
from dialogs.welcome.actions import set_discretion
from domain.phones import resume
from domain.safety import choose_window
from storage.kinds import Discretion
from storage.returnees import Safety


async def choose_hours(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    if chosen in HOURS:
        data = manager.middleware_data
        await choose_window(data["session"], data["returnee"].id, HOURS[chosen])
        (await _safety(manager)).never_first = False
        await manager.switch_to(SafetyStates.main)


async def never_first(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    (await _safety(manager)).never_first = True
    await manager.switch_to(SafetyStates.main)


async def change_second_prompt(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    safety = await _safety(manager)
    safety.second_prompt = not safety.second_prompt


async def choose_phone(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    if chosen in set(Discretion):
        await set_discretion(manager, Discretion(chosen))
        await manager.switch_to(SafetyStates.main)


async def write_again(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    data = manager.middleware_data
    await resume(data["session"], data["returnee"])


async def _safety(manager: DialogManager) -> Safety:
    data = manager.middleware_data
    safety: Safety = await data["session"].get_one(Safety, data["returnee"].id)
    return safety
