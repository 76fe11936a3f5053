from typing import Any

from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.kbd import Button, Column, Keyboard, Row, Select, SwitchTo
from aiogram_dialog.widgets.text import Format

from dialogs.states import WelcomeStates
from dialogs.texts import Forms, Texts, Tr
from dialogs.welcome.actions import agree, choose_phone, decline
from dialogs.welcome.getters import get_consent
from domain.marks import N_
from storage.kinds import Discretion


def welcome_dialog() -> Dialog:
    return Dialog(_promise(), _phone(), _notice(), _simple(), _full(), _consent())


def _promise() -> Window:
    """No organisation may change these words."""
    return Window(
        Tr(
            "Welcome. I am Wayhome, a machine. I help people who have returned, and people work "
            "with me.\n\n"
            "<b>Your money and your return do not depend on what you do or say here.</b> You can "
            "stop at any time, and nobody will be told.\n\n"
            "The police, the authorities and your family can't read this. The team that invited "
            "you can read what you write to them.\n\n"
            "One thing you should know first: if somebody's life is in danger, or a child is being "
            "hurt, the team may have to speak to others who can protect. If they can, they tell "
            "you before."
        ),
        SwitchTo(Tr("Go on"), id="on", state=WelcomeStates.phone),
        state=WelcomeStates.promise,
    )


def _phone() -> Window:
    return Window(
        Tr(
            "Does somebody else read this phone?\n\n"
            "Your answer decides what I let appear on the screen. You can change it later under "
            "Safety."
        ),
        phone_choices(choose_phone),
        state=WelcomeStates.phone,
        getter=get_phones,
    )


async def get_phones(texts: Texts, **_: Any) -> dict[str, list[tuple[str, str]]]:
    if texts.discretion is Discretion.WATCHED:
        labels = (texts("Everything"), texts("Some"), texts("Little"))
    else:
        labels = (
            texts("Only I read it"),
            texts("Sometimes others do"),
            texts("Somebody who must not know"),
        )
    return {"phones": list(zip(labels, Discretion, strict=True))}


def phone_choices(on_click: Any) -> Keyboard:
    return Column(
        Select(
            Format("{item[0]}"),
            id="phone",
            item_id_getter=lambda item: item[1],
            items="phones",
            on_click=on_click,
        )
    )


def _notice() -> Window:
    return Window(
        Forms(
            N_(
                "In short: I keep little, locked, under an invented name. You decide about each "
                "thing, one by one. You can change every answer later, with one tap."
            ),
            discreet=N_("In short: little is kept, and you decide about each thing."),
            watched=N_("A few settings first."),
        ),
        SwitchTo(
            Forms(N_("Read more"), discreet=N_("Read more"), watched=N_("More")),
            id="more",
            state=WelcomeStates.simple,
        ),
        _go_on(),
        state=WelcomeStates.notice,
    )


def _simple() -> Window:
    return Window(
        Forms(
            N_(
                "<b>What I keep:</b> which language you want, when I may write, what you answered, "
                "and what you write to the team. Never your address, never where you are.\n\n"
                "<b>Who reads it:</b> the team that invited you, and nobody else. They see an "
                "invented name.\n\n"
                "<b>How long:</b> no longer than it is needed.\n\n"
                "<b>You can</b> say no to everything and still find help and phone numbers here."
            ),
            discreet=N_("Little is kept: your language, your answers, what you write."),
            watched=N_("This service keeps your settings."),
        ),
        SwitchTo(
            Forms(N_("The full text"), discreet=N_("The full text"), watched=N_("All")),
            id="full",
            state=WelcomeStates.full,
        ),
        _go_on(),
        state=WelcomeStates.simple,
    )


def _full() -> Window:
    return Window(
        Forms(
            N_(
                "<b>The full text</b>\n\n"
                "This chat runs over Telegram: Telegram, too, can see that you write here, and "
                "keeps messages on its own terms. What reaches us is stored encrypted, with a key "
                "of your own. Your phone number and your Telegram name are not kept.\n\n"
                "We use it only to ask how you are, to answer you and to find help, and only where "
                "you said yes. If your life or somebody else's is in danger we may keep and use "
                "your words without asking first.\n\n"
                "It is never used to find, return or punish anyone. No machine decides about you.\n"
                "\n"
                "You can see what is kept, and take back each yes, under Privacy. To have "
                "everything deleted, or to complain, ask for a person: /help."
            ),
            discreet=N_("Telegram carries this chat. What reaches us is stored encrypted."),
            watched=N_("This service runs over Telegram."),
        ),
        _go_on(),
        state=WelcomeStates.full,
    )


def _go_on() -> Keyboard:
    return SwitchTo(Tr("Go on"), id="on", state=WelcomeStates.consent)


def _consent() -> Window:
    return Window(
        Format("{number}/{all}  {question}"),
        Row(
            Button(Tr("✅ Yes"), id="yes", on_click=agree),
            Button(Tr("❌ No"), id="no", on_click=decline),
        ),
        state=WelcomeStates.consent,
        getter=get_consent,
    )
