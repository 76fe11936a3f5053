"""Who helps somebody, and which places and organisations are kept away from them."""

from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.kbd import Column, Group, SwitchTo
from aiogram_dialog.widgets.text import Format

from dialogs.states import WishesStates
from dialogs.texts import Forms, Tr
from dialogs.widgets import Pages, back_to, choices, to_menu
from dialogs.wishes.actions import choose_country, choose_helper, choose_partner, choose_place
from dialogs.wishes.getters import get_countries, get_helpers, get_partners, get_places
from domain.marks import N_

_ONLY_ADDED = Tr(
    N_("\nWhat you press is kept. To take something away again, ask a person."), when="only_added"
)


def wishes_dialog() -> Dialog:
    return Dialog(_main(), _countries(), _places(), _partners())


def _main() -> Window:
    return Window(
        Forms(
            N_(
                "Who would you like to talk with? If such a person is there, we call them first. "
                "In an emergency we call everybody."
            ),
            discreet=N_("Who would you like to talk with?"),
            watched=N_("Who would you like to talk with?"),
        ),
        Column(choices("helper", choose_helper)),
        SwitchTo(
            Forms(
                N_("🚫 Places not safe for me"),
                discreet=N_("Places to leave out"),
                watched=N_("Places to leave out"),
            ),
            id="places",
            state=WishesStates.countries,
        ),
        SwitchTo(
            Tr("🤐 Who must not be told"),
            id="partners",
            state=WishesStates.partners,
            when="has_partners",
        ),
        to_menu(),
        state=WishesStates.main,
        getter=get_helpers,
    )


def _countries() -> Window:
    return Window(
        Forms(
            N_(
                "In which country is a place that is not safe for you? I show nothing there unless "
                "you look for it, and our team reads it before they write to you."
            ),
            discreet=N_("In which country?"),
            watched=N_("In which country?"),
        ),
        Group(choices("country", choose_country), width=2),
        back_to(WishesStates.main),
        state=WishesStates.countries,
        getter=get_countries,
    )


def _places() -> Window:
    return Window(
        Forms(
            N_("Which places there are not safe for you? Press a place to change it."),
            discreet=N_("Which places shall I leave out?"),
            watched=N_("Which places shall I leave out?"),
        ),
        _ONLY_ADDED,
        Pages("all_places", choices("place", choose_place)),
        back_to(WishesStates.countries),
        state=WishesStates.places,
        getter=get_places,
    )


def _partners() -> Window:
    return Window(
        Format("{question}"),
        Tr(N_("\nDoes one of them help you already? Then ask for a person, too."), when="named"),
        _ONLY_ADDED,
        Column(choices("partner", choose_partner)),
        back_to(WishesStates.main),
        state=WishesStates.partners,
        getter=get_partners,
    )
