from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.kbd import Button, Group, Keyboard, Row, SwitchTo
from aiogram_dialog.widgets.text import Format

from dialogs.pictures.windows import pictures_window
from dialogs.presses import OpenCovered
from dialogs.safety.asked import (
    country_window,
    get_phones,
    hours_window,
    phone_choices,
    silence_window,
)
from dialogs.safety.getters import get_first_plans
from dialogs.states import WelcomeStates
from dialogs.texts import Forms, Tr
from dialogs.welcome.actions import (
    back_to_phone,
    be_away,
    be_back,
    choose_hours,
    choose_phone,
    choose_silence,
    decide,
    go_on,
    never_first,
    row_chosen,
)
from dialogs.welcome.getters import get_consent, get_journey, get_notice
from dialogs.widgets import (
    Lasting,
    LastingMarkup,
    choices,
    shown_again,
    to_menu,
    use_buttons,
)
from domain.marks import N_
from domain.notices import Notice


def welcome_dialog() -> Dialog:
    return Dialog(
        _promise(),
        _journey(),
        _phone(),
        _pictures(),
        _notice(),
        _simple(),
        _full(),
        _consent(),
        _hours(),
        country_window(WelcomeStates.country, WelcomeStates.hours),
        silence_window(WelcomeStates.silence, choose_silence, get_first_plans, to_menu()),
    )


def _promise() -> Window:
    """No organisation may change these words."""
    return Window(
        # That it is a machine is what it says next.
        Tr("Please use the buttons.\n", when=shown_again),
        Tr(
            "Welcome. I am Wayhome, a machine. I help people who have returned, and people work "
            "with me.\n\n"
            "<b>Your money and your return do not depend on what you do or say here.</b> You can "
            "stop at any time, and only your team will know.\n\n"
            "The police, the authorities and your family can't read this. The team that invited "
            "you can read what you write to them.\n\n"
            "One thing you should know first: if somebody's life is in danger, or a child is being "
            "hurt, the team may have to speak to others who can protect. If they can, they tell "
            "you before."
        ),
        SwitchTo(Tr("Go on"), id="on", state=WelcomeStates.journey),
        state=WelcomeStates.promise,
    )


def _phone() -> Window:
    return Window(
        use_buttons(shown_again),
        Tr(
            "Does somebody else read this phone?\n\n"
            "Your answer decides what I let appear on the screen. If somebody must not know, you "
            "choose four pictures next: only who taps them can read what I write. You can change "
            "it later under Safety."
        ),
        phone_choices(choose_phone),
        state=WelcomeStates.phone,
        getter=get_phones,
    )


def _pictures() -> Window:
    return pictures_window(WelcomeStates.pictures, row_chosen, back_to_phone)


def _journey() -> Window:
    """What is agreed to before the journey is asked again after it."""
    return Window(
        use_buttons(shown_again),
        Forms(
            N_("Are you back already, or is your journey still to come?"),
            discreet=N_("Have you arrived already?"),
            watched=N_("Have you arrived already?"),
        ),
        Row(
            Button(Format("{arrived}"), id="back", on_click=be_back),
            Button(Format("{away}"), id="away", on_click=be_away),
        ),
        state=WelcomeStates.journey,
        getter=get_journey,
    )


def _notice() -> Window:
    """On a phone that others may read, what the notice really says is behind a tap."""
    return Window(
        use_buttons(shown_again),
        Format("{short}"),
        SwitchTo(
            Forms(N_("Read more"), discreet=N_("Read more"), watched=N_("More")),
            id="more",
            state=WelcomeStates.simple,
        ),
        Lasting(
            Forms(N_("Open"), discreet=N_("Open"), watched=N_("See")),
            lambda _: OpenCovered(notice=Notice.CONSENT_TEXT),
            when="covered",
        ),
        _go_on(),
        to_menu(),
        state=WelcomeStates.notice,
        getter=get_notice,
        markup_factory=LastingMarkup(),
    )


def _simple() -> Window:
    return Window(
        use_buttons(shown_again),
        Format("{simple}"),
        SwitchTo(
            Forms(N_("The full text"), discreet=N_("The full text"), watched=N_("All")),
            id="full",
            state=WelcomeStates.full,
        ),
        _go_on(),
        state=WelcomeStates.simple,
        getter=get_notice,
    )


def _full() -> Window:
    return Window(
        use_buttons(shown_again),
        Format("{full}"),
        _go_on(),
        state=WelcomeStates.full,
        getter=get_notice,
    )


def _go_on() -> Keyboard:
    return Button(Tr("Go on"), id="on", on_click=go_on)


def _consent() -> Window:
    return Window(
        use_buttons(shown_again),
        Format("{number}/{all}  {question}"),
        Group(
            choices("answer", decide, "answers"),
            width=2,
        ),
        to_menu(),
        state=WelcomeStates.consent,
        getter=get_consent,
    )


def _hours() -> Window:
    return hours_window(
        WelcomeStates.hours, WelcomeStates.country, choose_hours, never_first, to_menu()
    )
