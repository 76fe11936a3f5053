from typing import Any

from aiogram_dialog import Dialog, DialogManager, LaunchMode, StartMode, Window
from aiogram_dialog.widgets.kbd import Column, Group, Start

from dialogs.presses import AskForCheckIn
from dialogs.states import LanguageStates, MenuStates, PrivacyStates, SafetyStates, ServicesStates
from dialogs.texts import Forms
from dialogs.widgets import NOT_UNDERSTOOD, Lasting, LastingMarkup, to_a_human, use_buttons
from domain.marks import N_
from storage.tables.returnees import Returnee


async def get_menu(
    dialog_manager: DialogManager, returnee: Returnee | None, **_: Any
) -> dict[str, bool]:
    start_data = dialog_manager.start_data
    not_understood = isinstance(start_data, dict) and bool(start_data.get(NOT_UNDERSTOOD))
    return {
        "enrolled": returnee is not None,
        NOT_UNDERSTOOD: not_understood,
        "opened": not not_understood,
    }


def menu_dialog() -> Dialog:
    return Dialog(
        Window(
            use_buttons(NOT_UNDERSTOOD),
            # It has just said that it is a machine.
            _asks(
                N_(
                    "People work with me: with “Talk to a person” you reach them. What do you need?"
                ),
                when=NOT_UNDERSTOOD,
            ),
            _asks(
                N_(
                    "What do you need? I am a machine, but people work with me: with “Talk to a "
                    "person” you reach them."
                ),
                when="opened",
            ),
            _help(),
            _others(),
            state=MenuStates.main,
            getter=get_menu,
            markup_factory=LastingMarkup(),
        ),
        launch_mode=LaunchMode.ROOT,
    )


def _asks(plain: str, when: str) -> Forms:
    return Forms(
        plain,
        discreet=N_("What do you need?"),
        watched=N_("Hello. What would you like to see?"),
        when=when,
    )


def _help() -> Column:
    return Column(
        Start(
            Forms(N_("🔎 Find help near you"), discreet=N_("🔎 Places"), watched=N_("Places")),
            id="services",
            state=ServicesStates.need,
            mode=StartMode.RESET_STACK,
        ),
        to_a_human(),
    )


def _others() -> Group:
    return Group(
        Lasting(
            Forms(N_("📝 Check-in"), discreet=N_("📝 Questions"), watched=N_("Questions")),
            lambda _: AskForCheckIn(),
            when="enrolled",
        ),
        Start(
            Forms(N_("🌐 Language"), discreet=N_("🌐 Language"), watched=N_("Language")),
            id="language",
            state=LanguageStates.choose,
            mode=StartMode.RESET_STACK,
        ),
        Start(
            Forms(N_("🛡 Safety"), discreet=N_("🛡 Settings"), watched=N_("Settings")),
            id="safety",
            state=SafetyStates.main,
            mode=StartMode.RESET_STACK,
            when="enrolled",
        ),
        Start(
            Forms(N_("🔒 Privacy"), discreet=N_("🔒 Privacy"), watched=N_("About")),
            id="privacy",
            state=PrivacyStates.main,
            mode=StartMode.RESET_STACK,
            when="enrolled",
        ),
        width=2,
    )
