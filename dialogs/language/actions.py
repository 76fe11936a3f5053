from dataclasses import replace
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode

from dialogs.states import MenuStates
from locales.catalogues import LANGUAGES


async def choose(query: CallbackQuery, select: Any, manager: DialogManager, language: str) -> None:
    """From now on in this language; a stranger's choice is kept as long as their dialog."""
    if language not in LANGUAGES:
        return
    data = manager.middleware_data
    if data["returnee"] is None:
        await data["state"].update_data(language=language)
    else:
        data["returnee"].language = language
    texts = data["texts"]
    data["texts"] = replace(texts, language=language, catalogue=data["catalogues"].of(language))
    await manager.start(MenuStates.main, mode=StartMode.RESET_STACK)
