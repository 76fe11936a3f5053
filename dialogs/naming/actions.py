from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode

from dialogs.asking import ask_for_words
from dialogs.at_hand import at_hand
from dialogs.states import NamingStates, SafetyStates
from dialogs.widgets import number_in
from domain.errors import Refused
from domain.safety.silence_plan import choose_plan, name_oneself
from storage.kinds import SilencePlan


async def ask_who(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    await ask_for_words(manager, NamingStates.who)


async def choose_time(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    said = manager.dialog_data
    if not {"who", "how"} <= set(said):
        raise Refused("Please begin again.")
    days = number_in(chosen)
    await name_oneself(*at_hand(manager), said.pop("who"), said.pop("how"), days)
    await manager.start(SafetyStates.silence, mode=StartMode.RESET_STACK)


async def forget(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    await choose_plan(*at_hand(manager), SilencePlan.WRITE_ONCE)
    await manager.start(SafetyStates.silence, mode=StartMode.RESET_STACK)
