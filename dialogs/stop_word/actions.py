from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from dialogs.asking import ask_for_words
from dialogs.at_hand import at_hand
from dialogs.states import StopWordStates
from domain.stop_word.choosing import SIGNS, give_up


async def choose_signs(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    if chosen in SIGNS:
        manager.dialog_data["signs"] = chosen
        manager.dialog_data.pop("word", None)
        await ask_for_words(manager, StopWordStates.word)


async def give_up_word(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    await give_up(*at_hand(manager))
