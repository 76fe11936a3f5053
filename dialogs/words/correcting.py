"""Saying that something that is kept is wrong."""

from uuid import UUID

from babel.dates import format_datetime

from dialogs.presses import AskForHuman, CorrectWords, OlderWords, button, keyboard
from dialogs.screens import Screen, Telling
from domain.calendar import zone
from domain.marks import N_
from domain.privacy.correcting import correctable

_LABEL = 30


async def which(telling: Telling) -> Screen:
    texts, person = telling.texts, telling.person
    behind = telling.params.get("behind")
    offer = await correctable(telling.session, person, UUID(behind) if behind else None)
    if not offer.said and offer.older is None:
        words = texts(
            "I can't show older words here before a person of our team has made sure that it is "
            "you. You can change your language with /language, and an answer by pressing its "
            "buttons again. For anything else ask for a person."
        )
        return Screen(words, keyboard([button(texts("A person, please"), AskForHuman())]))
    place, at = zone(person.time_zone), f"{texts.day_pattern} y HH:mm"
    rows = [
        [
            button(
                f"{format_datetime(said.at, at, place, locale=texts.locale)} · "
                f"{said.text[:_LABEL]}",
                CorrectWords(message=said.id),
            )
        ]
        for said in offer.said
    ]
    if offer.older is not None:
        rows.append([button(texts("Older ones ▶️"), OlderWords(behind=offer.older))])
    words = texts(
        "Which one is wrong? You can change your language with /language, and an answer by "
        "pressing its buttons again."
    )
    return Screen(words, keyboard(*rows))


async def how(telling: Telling) -> Screen:
    return Screen(
        telling.texts.form(
            N_(
                "Now write in one message what is right. Nothing is erased: your note stands "
                "beside the old words, and whoever reads them reads your note, too."
            ),
            discreet=N_("Now write what is right, in one message."),
            watched=N_("Hello. What would you like to see?"),
        )
    )


async def corrected(telling: Telling) -> Screen:
    return Screen(
        telling.texts.form(
            N_("Thank you. Your note stands beside it now."),
            discreet=N_("All right, this is noted."),
            watched=N_("All right."),
        )
    )
