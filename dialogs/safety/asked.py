"""What the welcome asks as well: who reads along, when we may write first, and what is done about
silence.
"""

from dataclasses import replace
from typing import Any

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.kbd import Button, Column, Group, Keyboard, SwitchTo

from dialogs.at_hand import at_hand
from dialogs.safety.getters import get_hours
from dialogs.services.getters import get_number_countries
from dialogs.texts import Forms, Texts, Tr
from dialogs.widgets import back_to, choices
from dialogs.words.hours import HOURS
from domain.marks import N_
from domain.pathways.moving import come_to
from domain.safety.phones import choose_discretion
from domain.safety.window import USUAL, choose_window, window_of
from storage.kinds import Discretion
from storage.tables.returnees import Safety


async def get_phones(texts: Texts, **_: Any) -> dict[str, Any]:
    if texts.discretion is Discretion.WATCHED:
        labels = (texts("Everything"), texts("Some"), texts("Little"))
    else:
        labels = (
            texts("Only I read it"),
            texts("Sometimes others do"),
            texts("Somebody who must not know"),
        )
    return {
        "phones": list(zip(labels, Discretion, strict=True)),
        "watched": texts.discretion is Discretion.WATCHED,
    }


def phone_choices(on_click: Any) -> Keyboard:
    return Column(choices("phone", on_click, "phones"))


def hours_window(state: State, country: State, choose: Any, never: Any, *more: Keyboard) -> Window:
    """They are hours of a clock: whose that is, is said, and where it is wrong, put right."""
    return Window(
        Forms(
            N_(
                "When is it safe for you that I write first? When you write to me, I always answer."
            ),
            discreet=N_("When may I write first?"),
            watched=N_("When would you like reminders?"),
        ),
        Tr("I think it is {time} where you are now."),
        Column(choices("hours", choose)),
        Button(
            Forms(
                N_("Never, only answers"),
                discreet=N_("Never, only answers"),
                watched=N_("No reminders"),
            ),
            id="never",
            on_click=never,
        ),
        SwitchTo(Tr("My clock shows another time"), id="clock", state=country),
        *more,
        state=state,
        getter=get_hours,
    )


def country_window(state: State, hours: State) -> Window:
    """Their clock is that of the country where they are; back to the hours, which are of it now."""

    async def choose(query: CallbackQuery, select: Any, manager: DialogManager, code: str) -> None:
        await come_to(*at_hand(manager), code)
        await manager.switch_to(hours)

    return Window(
        Tr("Which country are you in now?"),
        Group(choices("country", choose, "countries"), width=2),
        back_to(hours),
        state=state,
        getter=get_number_countries,
    )


def silence_window(state: State, choose: Any, getter: Any, *more: Keyboard) -> Window:
    return Window(
        Forms(
            N_(
                "If I ask how you are and you don't answer: what shall our team do? They do only "
                "what you choose here."
            ),
            discreet=N_("What shall be done if you don't answer?"),
            watched=N_("What shall happen if you don't answer?"),
        ),
        Column(choices("plan", choose, "plans")),
        *more,
        state=state,
        getter=getter,
    )


async def set_discretion(manager: DialogManager, discretion: Discretion) -> None:
    """From the next window on."""
    await choose_discretion(*at_hand(manager), discretion)
    data = manager.middleware_data
    data["texts"] = replace(data["texts"], discretion=discretion)


async def keep_hours(manager: DialogManager, chosen: str) -> None:
    """On the days that they chose before: who is at home on the others is there at any hour."""
    session, returnee = at_hand(manager)
    safety = await safety_here(manager)
    before = await window_of(session, returnee.id, safety)
    await choose_window(
        session, returnee.id, replace(HOURS[chosen], days=before.days or USUAL.days)
    )
    safety.never_first = False


async def safety_here(manager: DialogManager) -> Safety:
    session, returnee = at_hand(manager)
    return await session.get_one(Safety, returnee.id)
