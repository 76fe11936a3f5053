"""What the welcome asks as well: who reads along, when we may write first, and what is done about
silence.
"""

from dataclasses import replace
from typing import Any

from aiogram.fsm.state import State
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.kbd import Button, Column, Keyboard

from dialogs.at_hand import at_hand
from dialogs.safety.getters import get_hours
from dialogs.texts import Forms, Texts
from dialogs.widgets import choices
from dialogs.words.hours import HOURS
from domain.marks import N_
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


def hours_window(state: State, choose: Any, never: Any, *more: Keyboard) -> Window:
    return Window(
        Forms(
            N_(
                "When is it safe for you that I write first? When you write to me, I always answer."
            ),
            discreet=N_("When may I write first?"),
            watched=N_("When would you like reminders?"),
        ),
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
        *more,
        state=state,
        getter=get_hours,
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
