from dataclasses import replace
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode

from dialogs.at_hand import at_hand
from dialogs.pictures.actions import asks_for_row
from dialogs.safety.asked import keep_hours, safety_here, set_discretion
from dialogs.safety.slips import as_it_is, keep_before, no_slip, take_back
from dialogs.states import NamingStates, SafetyStates, StopWordStates, WishesStates
from dialogs.widgets import number_in, wanted_in
from dialogs.words.hours import HOURS
from domain.identity.pictures import lacks_row
from domain.safety.phones import resume
from domain.safety.silence_plan import choose_plan
from domain.safety.window import choose_window, window_of
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


async def ask_twice(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    """Never where others read along, whatever button still stands there."""
    _, returnee = at_hand(manager)
    (await safety_here(manager)).second_prompt = not returnee.shared_phone


async def ask_once(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    (await safety_here(manager)).second_prompt = False


async def choose_phone(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    """A watched phone without a row is not made less careful before one is chosen. That we never
    write first came of others reading along: where none does any more, they are asked.
    """
    if chosen not in set(Discretion) or await asks_for_row(manager):
        return
    if await lacks_row(*at_hand(manager)):
        await manager.switch_to(SafetyStates.pictures)
        return
    _, returnee = at_hand(manager)
    was_shared, before = returnee.shared_phone, await as_it_is(manager)
    await set_discretion(manager, Discretion(chosen))
    if await lacks_row(*at_hand(manager)):
        keep_before(manager, before)
        await manager.switch_to(SafetyStates.pictures)
    elif was_shared and not returnee.shared_phone:
        await manager.switch_to(SafetyStates.window)
    else:
        await manager.switch_to(SafetyStates.main)


async def ask_for_missing_row(start: Any, manager: DialogManager) -> None:
    """Whoever left before they chose one, or whose row was forgotten, has a phone that anybody
    opens with one tap: they are asked whenever they look at what is safe for them.
    """
    here = manager.current_context().state == SafetyStates.main
    if here and await lacks_row(*at_hand(manager)):
        await manager.switch_to(SafetyStates.pictures)


async def row_chosen(manager: DialogManager) -> None:
    no_slip(manager)
    await manager.switch_to(SafetyStates.main)


async def leave_pictures(manager: DialogManager) -> None:
    await take_back(manager)
    await manager.switch_to(SafetyStates.main)


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
    if await lacks_row(*at_hand(manager)):
        await manager.switch_to(SafetyStates.pictures)
    else:
        await manager.start(NamingStates.about, mode=StartMode.RESET_STACK)


async def open_stop_word(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    if not await asks_for_row(manager, StopWordStates.about):
        await manager.start(StopWordStates.about, mode=StartMode.RESET_STACK)


async def open_wishes(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    if not await asks_for_row(manager, WishesStates.main):
        await manager.start(WishesStates.main, mode=StartMode.RESET_STACK)


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
    window = await window_of(session, returnee.id, await safety_here(manager))
    about, is_good = wanted_in(chosen)
    pressed = {number_in(about)} & set(range(7))
    days = window.days | pressed if is_good else window.days - pressed
    if days:
        await choose_window(session, returnee.id, replace(window, days=frozenset(days)))


async def choose_silence(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    if chosen in set(SilencePlan) and not await asks_for_row(manager, SafetyStates.silence):
        await choose_plan(*at_hand(manager), SilencePlan(chosen))
        await manager.switch_to(SafetyStates.main)
