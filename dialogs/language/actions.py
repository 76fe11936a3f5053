from dataclasses import replace
from typing import Any

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode

from dialogs.states import MenuStates, WelcomeStates
from dialogs.welcome.going_on import left_to_ask
from domain.consent import PURPOSES, asked_about
from domain.identity.pictures import lacks_row
from domain.safety.phones import choose_language
from locales.catalogues import LANGUAGES
from storage.kinds import Discretion


async def choose(query: CallbackQuery, select: Any, manager: DialogManager, language: str) -> None:
    """From now on in this language; a stranger's choice is kept as long as their dialog."""
    if language not in LANGUAGES:
        return
    data = manager.middleware_data
    if data["returnee"] is None:
        await data["state"].update_data(language=language)
    else:
        await choose_language(data["session"], data["returnee"], language)
    texts = data["texts"]
    data["texts"] = replace(texts, language=language, catalogue=data["catalogues"].of(language))
    await manager.start(await _next(manager), mode=StartMode.RESET_STACK)


async def _next(manager: DialogManager) -> State:
    """To the first words, for somebody who has not been asked everything yet."""
    returnee, session = manager.middleware_data["returnee"], manager.middleware_data["session"]
    if returnee is None:
        return MenuStates.main
    state = await left_to_ask(session, returnee)
    if state != WelcomeStates.notice:
        return state
    if await lacks_row(session, returnee):
        return WelcomeStates.pictures
    # On a watched screen the first words would say everything.
    watched = returnee.discretion is Discretion.WATCHED
    if watched or await asked_about(session, returnee.id) == set(PURPOSES):
        return state
    return WelcomeStates.promise
