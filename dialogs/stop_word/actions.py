from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from dialogs.asking import ask_for_words
from dialogs.at_hand import at_hand
from dialogs.states import StopWordStates
from domain.stop_word.choosing import SIGNS, give_up
from storage.kinds import Discretion


async def choose_signs(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    if chosen in SIGNS:
        manager.dialog_data["signs"] = chosen
        manager.dialog_data.pop("word", None)
        await ask_for_words(manager, StopWordStates.word)


async def give_up_word(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    """A watched phone takes none away, whatever button somebody makes up."""
    session, returnee = at_hand(manager)
    if returnee.discretion is not Discretion.WATCHED:
        await give_up(session, returnee)
