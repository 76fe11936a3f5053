"""Naming somebody who may be told when the person falls silent, and forgetting them again."""

from aiogram_dialog import Dialog, StartMode, Window
from aiogram_dialog.widgets.kbd import Button, Column, Start
from aiogram_dialog.widgets.text import Format

from dialogs.asking import get_refusal
from dialogs.naming.actions import ask_who, choose_time, forget
from dialogs.naming.getters import get_about, get_times
from dialogs.states import NamingStates, SafetyStates
from dialogs.texts import Forms, Tr
from dialogs.widgets import choices, to_menu
from domain.marks import N_


def naming_dialog() -> Dialog:
    return Dialog(_about(), _who(), _how(), _until())


def _about() -> Window:
    """Whom they named before is never shown."""
    return Window(
        Forms(
            N_(
                "You can name somebody whom our team may contact if you fall silent. It counts for "
                "a time only, you can take it back here, and nobody is told before. Name only "
                "somebody who would not harm you."
            ),
            discreet=N_("A contact, for a time only."),
            watched=N_("A contact, for a time only."),
        ),
        Button(Tr("Go on"), id="on", on_click=ask_who),
        Button(
            Forms(
                N_("Forget whom I named"),
                discreet=N_("Remove contact"),
                watched=N_("Remove contact"),
            ),
            id="forget",
            on_click=forget,
            when="has_named",
        ),
        _back(),
        state=NamingStates.about,
        getter=get_about,
    )


def _who() -> Window:
    return Window(
        Format("{refused}\n", when="refused"),
        Tr("Send me their first name, or one word that you call them by."),
        _back(),
        state=NamingStates.who,
        getter=get_refusal,
    )


def _how() -> Window:
    return Window(
        Format("{refused}\n", when="refused"),
        Tr("How can they be reached? Send a phone number or a user name. No address, please."),
        _back(),
        state=NamingStates.how,
        getter=get_refusal,
    )


def _until() -> Window:
    return Window(
        Tr("For how long does that count? Afterwards I forget it."),
        Column(choices("time", choose_time)),
        to_menu(),
        state=NamingStates.until,
        getter=get_times,
    )


def _back() -> Start:
    return Start(Tr("◀️ Back"), id="back", state=SafetyStates.main, mode=StartMode.RESET_STACK)
