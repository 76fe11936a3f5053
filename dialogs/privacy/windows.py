from aiogram_dialog import Dialog, StartMode, Window
from aiogram_dialog.widgets.kbd import Button, Column, Start, SwitchTo
from aiogram_dialog.widgets.text import Format

from dialogs.at_hand import for_those_known
from dialogs.presses import CopyForMe, CorrectWords, ForgetMe
from dialogs.privacy.actions import change, choose_region, have_arrived, keep_no_region
from dialogs.privacy.getters import get_kept, get_privacy, get_read, get_regions
from dialogs.states import PrivacyStates, WelcomeStates
from dialogs.texts import Forms, Tr
from dialogs.widgets import Lasting, LastingMarkup, Pages, back_to, choices, to_menu
from domain.marks import N_


def privacy_dialog() -> Dialog:
    return Dialog(_main(), _kept(), _read(), _region(), on_start=for_those_known)


def _main() -> Window:
    return Window(
        Format("{changed}"),
        Forms(
            N_(
                "What you agreed to. Press a line to change it: ✅ means yes. It counts from "
                "now on. Only helpers who must act on it are told."
            ),
            discreet=N_("Press a line to change it: ✅ means yes."),
            watched=N_("Press a line to change it."),
        ),
        Column(choices("purpose", change, "purposes")),
        Button(
            Tr("I have arrived"),
            id="arrived",
            on_click=have_arrived,
            when="away",
        ),
        SwitchTo(
            Tr("What I read before I agreed"),
            id="notice",
            state=PrivacyStates.read,
            when="unwatched",
        ),
        SwitchTo(
            Tr("What is kept about me"), id="kept", state=PrivacyStates.kept, when="unwatched"
        ),
        SwitchTo(Tr("📍 My region"), id="region", state=PrivacyStates.region, when="region"),
        Lasting(
            Forms(
                N_("🗑 Delete everything about me"),
                discreet=N_("🗑 Delete everything"),
                watched=N_("Delete everything"),
            ),
            lambda _: ForgetMe(),
        ),
        to_menu(),
        markup_factory=LastingMarkup(),
        state=PrivacyStates.main,
        getter=get_privacy,
    )


def _kept() -> Window:
    return Window(
        Format("{kept}"),
        Lasting(Tr("📄 Send me a copy"), lambda _: CopyForMe(), when="unwatched"),
        Lasting(Tr("✏️ Something is wrong"), lambda _: CorrectWords(), when="unwatched"),
        back_to(PrivacyStates.main),
        to_menu(),
        markup_factory=LastingMarkup(),
        state=PrivacyStates.kept,
        getter=get_kept,
    )


def _read() -> Window:
    return Window(
        Format("{read}"),
        Start(
            Tr("The notice as it is now"),
            id="now",
            state=WelcomeStates.notice,
            mode=StartMode.RESET_STACK,
            when="unwatched",
        ),
        back_to(PrivacyStates.main),
        to_menu(),
        state=PrivacyStates.read,
        getter=get_read,
    )


def _region() -> Window:
    return Window(
        Tr("It is changed, from now on.", when="changed"),
        Forms(
            N_(
                "In which region are you? You need not say. If you press one, our team can see it, "
                "and what is only for that region can reach you. Nothing closer is kept."
            ),
            discreet=N_("In which region? You need not say."),
            watched=N_("Hello. There is nothing new today."),
            when="asked",
        ),
        Tr("There is nothing yet.", when="nothing"),
        Pages("all_regions", choices("in_region", choose_region, "regions")),
        Button(Tr("Keep no region"), id="no_region", on_click=keep_no_region, when="kept"),
        back_to(PrivacyStates.main),
        to_menu(),
        state=PrivacyStates.region,
        getter=get_regions,
    )
