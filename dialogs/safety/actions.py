from dataclasses import replace
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode

from dialogs.at_hand import at_hand
from dialogs.pictures.actions import asks_for_row
from dialogs.safety.asked import keep_hours, safety_here, set_discretion
from dialogs.states import NamingStates, SafetyStates, StopWordStates, WishesStates
from dialogs.words.hours import HOURS
from domain.identity import pictures
from domain.illegible import if_legible
from domain.safety.phones import resume
from domain.safety.silence_plan import choose_plan
from domain.safety.window import NO_DAY, choose_window, window_of
from storage.kinds import Discretion, SilencePlan, Visible


async def choose_hours(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    if chosen in HOURS:
        await keep_hours(manager, chosen)
        await manager.switch_to(SafetyStates.main)


async def never_first(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    (await safety_here(manager)).never_first = True
    await manager.switch_to(SafetyStates.main)


async def change_second_prompt(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    safety = await safety_here(manager)
    safety.second_prompt = not safety.second_prompt


async def choose_phone(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    """A watched phone without a row is not made less careful before one is chosen."""
    if chosen not in set(Discretion) or await asks_for_row(manager):
        return
    if await _lacks_row(manager):
        await manager.switch_to(SafetyStates.pictures)
        return
    await set_discretion(manager, Discretion(chosen))
    lacks_row = await _lacks_row(manager)
    await manager.switch_to(SafetyStates.pictures if lacks_row else SafetyStates.main)


async def open_phone(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    if not await asks_for_row(manager):
        await manager.switch_to(SafetyStates.phone)


async def open_pictures(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    if not await asks_for_row(manager):
        await manager.switch_to(SafetyStates.pictures)


async def open_silence(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    """Whoever reads along should not learn whom the person named, nor take them away."""
    if not await asks_for_row(manager, SafetyStates.silence):
        await manager.switch_to(SafetyStates.silence)


async def open_naming(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    """On a watched phone only behind a row of pictures, which is chosen first."""
    if await asks_for_row(manager, NamingStates.about):
        return
    if await _lacks_row(manager):
        await manager.switch_to(SafetyStates.pictures)
    else:
        await manager.start(NamingStates.about, mode=StartMode.RESET_STACK)


async def _lacks_row(manager: DialogManager) -> bool:
    """A watched phone whose row was never chosen, or forgotten."""
    session, returnee = at_hand(manager)
    watched = returnee.discretion is Discretion.WATCHED
    return watched and not await pictures.has_row(session, returnee)


async def open_stop_word(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    if not await asks_for_row(manager, StopWordStates.about):
        await manager.start(StopWordStates.about, mode=StartMode.RESET_STACK)


async def open_wishes(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    if not await asks_for_row(manager, WishesStates.main):
        await manager.start(WishesStates.main, mode=StartMode.RESET_STACK)


async def to_main(manager: DialogManager) -> None:
    await manager.switch_to(SafetyStates.main)


async def choose_visible(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    if chosen in set(Visible) and not await asks_for_row(manager):
        (await safety_here(manager)).visible = Visible(chosen)
        await manager.switch_to(SafetyStates.main)


async def write_again(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    await resume(*at_hand(manager))


async def change_day(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    """The last day stays: "never" is another button."""
    session, returnee = at_hand(manager)
    safety = await safety_here(manager)
    window = await if_legible(window_of(session, returnee.id, safety)) or NO_DAY
    days = window.days ^ {int(chosen)} & set(range(7))
    if days:
        await choose_window(session, returnee.id, replace(window, days=frozenset(days)))


async def choose_silence(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    if chosen in set(SilencePlan) and not await asks_for_row(manager, SafetyStates.silence):
        await choose_plan(*at_hand(manager), SilencePlan(chosen))
        await manager.switch_to(SafetyStates.main)
