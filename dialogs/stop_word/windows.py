from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo
from aiogram_dialog.widgets.text import Format

from dialogs.asking import ask_from_now, get_refusal
from dialogs.presses import OpenCovered
from dialogs.states import StopWordStates
from dialogs.stop_word.actions import choose_signs, give_up_word
from dialogs.stop_word.getters import get_about, get_rehearsal, get_signs
from dialogs.texts import Forms, Tr
from dialogs.widgets import (
    Lasting,
    LastingMarkup,
    choices,
    shown_again,
    to_menu,
    use_buttons,
)
from dialogs.words.stop_word import ABOUT, NOBODY_ON_DUTY
from domain.marks import N_
from domain.notices import Notice


def stop_word_dialog() -> Dialog:
    return Dialog(_about(), _signs(), _word(), _again(), _rehearsed(), on_start=ask_from_now)


def _about() -> Window:
    """On a watched phone it does not show whether there is a word, and takes none away."""
    return Window(
        use_buttons(shown_again),
        Forms(
            ABOUT,
            discreet=N_("A word of your own."),
            watched=N_("A word of your own."),
        ),
        Tr(NOBODY_ON_DUTY, when="alone"),
        Tr(N_("\n\nThis can't be set up just now. Please try again another day."), when="off"),
        Tr(
            N_("\n\nYou have a stop word, which works here, too. A new one takes its place."),
            when="has_word",
        ),
        Lasting(Tr("See"), lambda _: OpenCovered(notice=Notice.STOP_WORD), when="covered"),
        SwitchTo(Tr("Choose a word"), id="choose", state=StopWordStates.signs, when="open"),
        Button(Tr("I want no stop word"), id="none", on_click=give_up_word, when="has_word"),
        to_menu(),
        state=StopWordStates.about,
        getter=get_about,
        markup_factory=LastingMarkup(),
    )


def _signs() -> Window:
    return Window(
        use_buttons(shown_again),
        Forms(
            N_(
                "Afterwards I answer what you write with one of two sentences that look like "
                "nothing. The first means that a person of our team has seen it, the second that "
                "nobody has yet. Which two would you like?"
            ),
            discreet=N_("Which two sentences would you like?"),
            watched=N_("Which two sentences would you like?"),
        ),
        Format("\n{pairs}"),
        Row(choices("signs", choose_signs)),
        to_menu(),
        state=StopWordStates.signs,
        getter=get_signs,
    )


def _word() -> Window:
    return Window(
        Format("{refused}\n", when="refused"),
        Forms(
            N_(
                "Send me the word: one that you would never write otherwise, a few short ones, or "
                "three pictures. I keep no copy of it."
            ),
            discreet=N_("Send me the word."),
            watched=N_("Send me the word."),
        ),
        to_menu(),
        state=StopWordStates.word,
        getter=get_refusal,
    )


def _again() -> Window:
    return Window(
        Tr("Good. Please send it once more."),
        to_menu(),
        state=StopWordStates.again,
    )


def _rehearsed() -> Window:
    return Window(
        Forms(
            N_(
                "<b>That was the rehearsal.</b> Nothing was stopped. Next time this chat will be "
                "empty, but for this:\n\n<i>{greeting}</i>\n\n"
                "A person of our team has seen it: <i>{seen}</i>\n"
                "Nobody has yet: <i>{nobody_yet}</i>\n\n"
                "The word works from now on, with one wrong letter, too. Send /hide if nobody "
                "should see this."
            ),
            discreet=N_("That was the rehearsal. It works from now on."),
            watched=N_("All right."),
        ),
        to_menu(),
        state=StopWordStates.rehearsed,
        getter=get_rehearsal,
    )
