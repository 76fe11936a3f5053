from aiogram_dialog import Dialog, StartMode, Window
from aiogram_dialog.widgets.kbd import Button, Column, Keyboard, Select, Start, SwitchTo
from aiogram_dialog.widgets.text import Format

from dialogs.presses import AboutHelper
from dialogs.safety.actions import (
    change_second_prompt,
    choose_hours,
    choose_phone,
    never_first,
    write_again,
)
from dialogs.safety.getters import get_hours, get_safety
from dialogs.states import SafetyStates, StopWordStates
from dialogs.texts import Forms, Tr
from dialogs.welcome.windows import get_phones, phone_choices
from dialogs.widgets import Lasting, LastingMarkup, to_menu
from dialogs.words.confiding import ABOUT_HELPER, KEEP_AWAY
from domain.marks import N_
from storage.kinds import ComplaintKind


def safety_dialog() -> Dialog:
    return Dialog(_main(), _hours(), _phone())


def _main() -> Window:
    return Window(
        Forms(
            N_("When may I write to you first? Now: {hours}."),
            discreet=N_("When may I write first? Now: {hours}."),
            watched=N_("Reminders: {hours}."),
            when="may_be_first",
        ),
        Forms(
            N_("Now I never write before you write first."),
            discreet=N_("Now I never write first."),
            watched=N_("Reminders: none."),
            when="never_first",
        ),
        Forms(
            N_("\nYou paused everything that I send first."),
            discreet=N_("\nPaused."),
            watched=N_("\nPaused."),
            when="paused",
        ),
        Forms(
            N_(
                "\nTo empty this chat, send /hide. It removes messages of the last two days; what "
                "Telegram's own backups or somebody's screenshots hold, nobody can remove."
            ),
            discreet=N_("\n/hide empties this chat."),
            watched=N_("\n/hide empties this chat."),
        ),
        SwitchTo(
            Forms(N_("🕒 Hours"), discreet=N_("🕒 Hours"), watched=N_("Hours")),
            id="hours",
            state=SafetyStates.window,
        ),
        SwitchTo(
            Forms(
                N_("📱 Who reads this phone"), discreet=N_("📱 This phone"), watched=N_("Screen")
            ),
            id="phone",
            state=SafetyStates.phone,
        ),
        Start(
            Forms(N_("✋ Stop word"), discreet=N_("✋ A word"), watched=N_("A word")),
            id="word",
            state=StopWordStates.about,
            mode=StartMode.RESET_STACK,
        ),
        Button(
            Tr("🔁 Ask me once more if I don't answer: no"),
            id="twice",
            on_click=change_second_prompt,
            when="asks_once",
        ),
        Button(
            Tr("🔁 Ask me once more if I don't answer: yes"),
            id="once",
            on_click=change_second_prompt,
            when="asks_twice",
        ),
        Button(
            Forms(
                N_("You may write to me again"), discreet=N_("Write again"), watched=N_("Turn on")
            ),
            id="again",
            on_click=write_again,
            when="paused",
        ),
        _tell_safeguarding(KEEP_AWAY, ComplaintKind.KEEP_AWAY),
        _tell_safeguarding(ABOUT_HELPER, ComplaintKind.ABOUT_STAFF),
        to_menu(),
        state=SafetyStates.main,
        getter=get_safety,
        markup_factory=LastingMarkup(),
    )


def _tell_safeguarding(label: tuple[str, str, str], kind: ComplaintKind) -> Keyboard:
    plain, discreet, watched = label
    return Lasting(
        Forms(plain, discreet=discreet, watched=watched), lambda _: AboutHelper(kind=kind)
    )


def _hours() -> Window:
    return Window(
        Forms(
            N_(
                "When is it safe for you that I write first? When you write to me, I always answer."
            ),
            discreet=N_("When may I write first?"),
            watched=N_("When would you like reminders?"),
        ),
        Column(
            Select(
                Format("{item[0]}"),
                id="hours",
                item_id_getter=lambda item: item[1],
                items="choices",
                on_click=choose_hours,
            )
        ),
        Button(Tr("Never before I write first"), id="never", on_click=never_first),
        SwitchTo(Tr("◀️ Back"), id="back", state=SafetyStates.main),
        state=SafetyStates.window,
        getter=get_hours,
    )


def _phone() -> Window:
    return Window(
        Forms(
            N_("Does somebody else read this phone?"),
            discreet=N_("Does somebody else read this phone?"),
            watched=N_("What may stand on the screen?"),
        ),
        phone_choices(choose_phone),
        SwitchTo(Tr("◀️ Back"), id="back", state=SafetyStates.main),
        state=SafetyStates.phone,
        getter=get_phones,
    )
