from collections.abc import Sequence

from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.kbd import Button, Column, Group, Keyboard, SwitchTo

from dialogs.pictures.windows import pictures_window
from dialogs.presses import AboutHelper
from dialogs.safety.actions import (
    ask_for_missing_row,
    ask_once,
    ask_twice,
    change_day,
    choose_hours,
    choose_phone,
    choose_silence,
    choose_visible,
    leave_pictures,
    never_first,
    open_naming,
    open_phone,
    open_pictures,
    open_silence,
    open_stop_word,
    open_wishes,
    row_chosen,
    write_again,
)
from dialogs.safety.asked import (
    country_window,
    get_phones,
    hours_window,
    phone_choices,
    silence_window,
)
from dialogs.safety.getters import get_days, get_plans, get_safety, get_visible
from dialogs.states import SafetyStates
from dialogs.texts import Forms, Tr
from dialogs.widgets import Lasting, LastingMarkup, back_to, choices, to_menu
from dialogs.words.confiding import ABOUT_HELPER, KEEP_AWAY
from domain.marks import N_
from storage.kinds import ComplaintKind


def safety_dialog() -> Dialog:
    return Dialog(
        _main(),
        _hours(),
        country_window(SafetyStates.country, SafetyStates.window),
        _phone(),
        _pictures(),
        _visible(),
        _days(),
        _silence(),
        on_start=ask_for_missing_row,
    )


def _main() -> Window:
    return Window(
        *_as_it_is(),
        *_choices(),
        to_menu(),
        state=SafetyStates.main,
        getter=get_safety,
        markup_factory=LastingMarkup(),
    )


def _as_it_is() -> Sequence[Forms]:
    return (
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
    )


def _choices() -> Sequence[Keyboard]:
    return (
        SwitchTo(
            Forms(N_("🕒 Hours"), discreet=N_("🕒 Hours"), watched=N_("Hours")),
            id="hours",
            state=SafetyStates.window,
        ),
        Button(
            Forms(
                N_("📱 Who reads this phone"), discreet=N_("📱 This phone"), watched=N_("Screen")
            ),
            id="phone",
            on_click=open_phone,
        ),
        Button(
            Forms(N_("✋ Stop word"), discreet=N_("✋ A word"), watched=N_("A word")),
            id="word",
            on_click=open_stop_word,
        ),
        Button(
            Forms(
                N_("🤫 If I don't answer"),
                discreet=N_("🤫 If I don't answer"),
                watched=N_("If I don't answer"),
            ),
            id="silence",
            on_click=open_silence,
        ),
        Button(
            Forms(
                N_("🤝 Who helps me, and where"),
                discreet=N_("Who and where"),
                watched=N_("Who and where"),
            ),
            id="wishes",
            on_click=open_wishes,
        ),
        *_second_prompt(),
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
    )


def _second_prompt() -> Sequence[Keyboard]:
    """What stands now; a press changes it."""
    return (
        Button(
            Forms(
                N_("🔁 Ask me once more: no"),
                discreet=N_("🔁 Once more: no"),
                watched=N_("Once more: no"),
            ),
            id="twice",
            on_click=ask_twice,
            when="may_ask_twice",
        ),
        Button(
            Forms(
                N_("🔁 Ask me once more: yes"),
                discreet=N_("🔁 Once more: yes"),
                watched=N_("Once more: yes"),
            ),
            id="once",
            on_click=ask_once,
            when="asks_twice",
        ),
    )


def _tell_safeguarding(label: tuple[str, str, str], kind: ComplaintKind) -> Keyboard:
    plain, discreet, watched = label
    return Lasting(
        Forms(plain, discreet=discreet, watched=watched), lambda _: AboutHelper(kind=kind)
    )


def _hours() -> Window:
    return hours_window(
        SafetyStates.window,
        SafetyStates.country,
        choose_hours,
        never_first,
        SwitchTo(Tr("Only on some days"), id="days", state=SafetyStates.days),
        back_to(SafetyStates.main),
    )


def _phone() -> Window:
    return Window(
        Forms(
            N_("Does somebody else read this phone?"),
            discreet=N_("Does somebody else read this phone?"),
            watched=N_("What may stand on the screen?"),
        ),
        phone_choices(choose_phone),
        SwitchTo(
            Tr("What stays in this chat"), id="visible", state=SafetyStates.visible, when="watched"
        ),
        Button(Tr("Other pictures"), id="pictures", on_click=open_pictures, when="watched"),
        back_to(SafetyStates.main),
        state=SafetyStates.phone,
        getter=get_phones,
    )


def _pictures() -> Window:
    return pictures_window(SafetyStates.pictures, row_chosen, leave_pictures)


def _visible() -> Window:
    return Window(
        Tr("What stays in this chat when you have put the phone away for a few minutes?"),
        Column(choices("visible", choose_visible)),
        back_to(SafetyStates.phone),
        state=SafetyStates.visible,
        getter=get_visible,
    )


def _days() -> Window:
    return Window(
        Forms(
            N_("On which days may I write first? Press a day to change it."),
            discreet=N_("On which days may I write first?"),
            watched=N_("On which days would you like reminders?"),
        ),
        Group(
            choices("day", change_day, "days"),
            width=3,
        ),
        back_to(SafetyStates.main),
        state=SafetyStates.days,
        getter=get_days,
    )


def _silence() -> Window:
    return silence_window(
        SafetyStates.silence,
        choose_silence,
        get_plans,
        Button(
            Forms(
                N_("👤 Name somebody for that"),
                discreet=N_("Add a contact"),
                watched=N_("Add a contact"),
            ),
            id="name",
            on_click=open_naming,
            when="may_name",
        ),
        back_to(SafetyStates.main),
    )
