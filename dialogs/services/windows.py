from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.kbd import Group, Keyboard, Row, SwitchTo
from aiogram_dialog.widgets.text import Format

from dialogs.presses import DidNotWork, OpenCovered
from dialogs.services import actions, getters
from dialogs.states import ServicesStates
from dialogs.texts import Forms, Tr
from dialogs.widgets import Lasting, LastingMarkup, Pages, choices, to_a_human, to_menu
from dialogs.words.services import DID_NOT_WORK
from domain.marks import N_
from domain.notices import Notice


def services_dialog() -> Dialog:
    return Dialog(_need(), _country(), _place(), _card(), _number_countries(), _numbers())


def _need() -> Window:
    return Window(
        Forms(
            N_(
                "What are you looking for? I keep no record of it.\n"
                "For phone numbers that help at once, press the first button."
            ),
            discreet=N_("What are you looking for?"),
            watched=N_("What are you looking for?"),
        ),
        SwitchTo(
            Forms(
                N_("☎️ Phone numbers"), discreet=N_("☎️ Phone numbers"), watched=N_("Phone numbers")
            ),
            id="numbers",
            state=ServicesStates.numbers_country,
        ),
        Group(choices("need", actions.choose_need, "needs"), width=2),
        to_menu(),
        state=ServicesStates.need,
        getter=getters.get_needs,
    )


def _country() -> Window:
    return Window(
        Tr("In which country?"),
        Group(choices("country", actions.choose_country, "countries"), width=2),
        _back_to_needs(),
        state=ServicesStates.country,
        getter=getters.get_countries,
    )


def _place() -> Window:
    return Window(
        Tr("In which place?"),
        Pages("places", choices("place", actions.choose_place, "places")),
        _back_to_needs(),
        state=ServicesStates.place,
        getter=getters.get_places,
    )


def _card() -> Window:
    return Window(
        Format("{card}"),
        Lasting(
            Tr("See"),
            lambda data: OpenCovered(notice=Notice.SERVICE, refers=data["refers"]),
            when="refers",
        ),
        choices("page", actions.choose_page, "pages"),
        choices("hours", actions.choose_hours, "hours"),
        Lasting(
            Forms(DID_NOT_WORK[0], discreet=DID_NOT_WORK[1], watched=DID_NOT_WORK[2]),
            lambda data: DidNotWork(service=data["service"]),
            when="service",
        ),
        Row(_back_to_needs(), to_menu()),
        to_a_human(),
        state=ServicesStates.card,
        getter=getters.get_card,
        markup_factory=LastingMarkup(),
    )


def _number_countries() -> Window:
    return Window(
        Tr("Which country are you in now?"),
        Group(choices("numbers", actions.choose_numbers, "countries"), width=2),
        _back_to_needs(),
        state=ServicesStates.numbers_country,
        getter=getters.get_number_countries,
    )


def _numbers() -> Window:
    return Window(
        Format("{numbers}"),
        Lasting(
            Tr("See"),
            lambda data: OpenCovered(notice=Notice.NUMBERS, refers=data["refers"]),
            when="refers",
        ),
        SwitchTo(Tr("Another country"), id="another", state=ServicesStates.numbers_country),
        to_menu(),
        state=ServicesStates.numbers,
        getter=getters.get_numbers,
        markup_factory=LastingMarkup(),
    )


def _back_to_needs() -> Keyboard:
    return SwitchTo(Tr("🔎 Search again"), id="again", state=ServicesStates.need)
