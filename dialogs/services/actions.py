from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from dialogs.services.getters import ANY_HOURS, EVERYWHERE
from dialogs.states import ServicesStates
from dialogs.widgets import number_in
from domain.directory.listing import countries
from domain.directory.needs import Need
from domain.returnees.enrolments import organisations_for


async def choose_need(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    """Then the country is asked, where there is more than one."""
    if chosen not in set(Need):
        return
    session = manager.middleware_data["session"]
    shown_by = await organisations_for(session, manager.middleware_data["returnee"])
    found = await countries(session, now=session.now, need=Need(chosen), shown_by=shown_by)
    only = next(iter(found)) if len(found) == 1 else None
    manager.dialog_data.update(
        need=chosen, country=only, place=None, page=0, looked_for=False, hours=ANY_HOURS
    )
    if len(found) > 1:
        await manager.switch_to(ServicesStates.country)
    else:
        await manager.switch_to(ServicesStates.place if only else ServicesStates.card)


async def choose_country(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    manager.dialog_data.update(country=chosen, looked_for=True)
    await manager.switch_to(ServicesStates.place)


async def choose_place(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    manager.dialog_data.update(place=None if chosen == EVERYWHERE else chosen, page=0)
    await manager.switch_to(ServicesStates.card)


async def choose_hours(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    """The press says what is wanted, so that two of them want the same."""
    manager.dialog_data.update(hours=chosen, page=0)


async def choose_page(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    """The same: two presses lead no farther than one."""
    manager.dialog_data["page"] = number_in(chosen)


async def choose_numbers(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    manager.dialog_data["numbers"] = chosen
    await manager.switch_to(ServicesStates.numbers)
