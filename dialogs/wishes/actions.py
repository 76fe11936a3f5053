from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from dialogs.at_hand import at_hand
from dialogs.states import WishesStates
from dialogs.widgets import id_in, wanted_in
from dialogs.wishes.getters import WHOLE
from domain.directory.listing import places
from domain.errors import Refused
from domain.profiles.wishing import change_partner, change_place, wish_for
from domain.returnees.wishes import Place
from storage.kinds import Gender


async def choose_helper(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    session, returnee = at_hand(manager)
    helper = Gender(chosen) if chosen in set(Gender) else None
    await wish_for(session, returnee.id, helper)


async def choose_country(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    manager.dialog_data["country"] = chosen
    await manager.switch_to(WishesStates.places)


async def choose_place(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    session, returnee = at_hand(manager)
    country = manager.dialog_data.get("country", "")
    key, is_safe = wanted_in(chosen)
    names = {WHOLE: ""} | {
        place.key: place.name for place in await places(session, now=session.now, country=country)
    }
    if key not in names or not country:
        raise Refused("There is no such place.")
    place = Place(country, key, names[key])
    await change_place(session, returnee, place, avoided=not is_safe)


async def choose_partner(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    partner_id, may_be_told = wanted_in(chosen)
    await change_partner(*at_hand(manager), id_in(partner_id), avoided=not may_be_told)
