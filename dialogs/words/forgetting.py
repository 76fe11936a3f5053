"""What is said to somebody who wants to be forgotten, or of whom something goes by itself."""

from datetime import timedelta
from math import ceil
from uuid import UUID

from dialogs.presses import ForgetMe, ToMenu, button, keyboard
from dialogs.screens import Screen, Telling
from dialogs.words.talk import as_they_are_read, back_to_the_team
from domain.enrolment.parting import are_back
from domain.errors import Refused
from domain.marks import N_
from domain.retention_periods import Kind, period
from domain.returnees.enrolments import current_enrolments
from storage.tables.organisations import Organisation
from storage.tables.returnees import Enrolment

_A_DAY = timedelta(days=1)


async def sure(telling: Telling) -> Screen:
    texts = telling.texts
    words = texts.form(
        N_(
            "Shall I delete everything that is kept about you? That is what you and the team wrote "
            "to each other, your answers, your choices, and the key that opens them. Nobody can "
            "bring them back. It changes nothing about your money or your support."
        ),
        discreet=N_("Shall I delete everything? Nobody can bring it back."),
        watched=N_("Delete everything here?"),
    )
    yes = texts.form(
        N_("Yes, delete everything"),
        discreet=N_("Yes, delete everything"),
        watched=N_("Yes, delete everything"),
    )
    really = ForgetMe(asked=telling.params["asked"])
    return Screen(words, keyboard([button(yes, really)], [button(texts("No"), ToMenu())]))


async def waits(telling: Telling) -> Screen:
    texts = telling.texts
    sentences = [
        texts(
            "You asked me to delete everything about you. You called for help, too, and a person "
            "is still looking after that. When they have finished, I delete everything and tell "
            "you so. Until then I send nothing else."
        ),
        *await as_they_are_read(telling, texts("You can write to them here.")),
    ]
    back = back_to_the_team(telling)
    return Screen(" ".join(sentences), keyboard(back) if back else None)


async def forgotten(telling: Telling) -> Screen:
    texts = telling.texts
    if telling.params.get("waits"):
        return Screen(
            texts.form(
                N_(
                    "From now on nothing about you is used or sent, and nobody reads it. In three "
                    "days it is deleted for good. Until then our team can bring it back, if it was "
                    "not you who asked. I emptied this chat as far as Telegram lets me. If you "
                    "ever want to, /start begins anew."
                ),
                discreet=N_("Nothing is used any more, and in three days it is gone for good."),
                watched=N_("Hello. Send /start to begin."),
            )
        )
    return Screen(
        texts.form(
            N_(
                "Everything about you is being deleted now. It takes about a minute; locked backup "
                "copies go later. I emptied this chat as far as Telegram lets me; what Telegram "
                "itself keeps, I can't delete. I won't write to you any more. If you ever want "
                "to, /start begins anew. All the best to you."
            ),
            discreet=N_("Done. I won't write any more. /start begins anew."),
            watched=N_("Hello. Send /start to begin."),
        )
    )


async def retention(telling: Telling) -> Screen:
    return Screen(
        telling.texts(
            "Nothing is kept here for ever. In about two weeks I delete what is old: talks that "
            "ended long ago, old answers, and what is left with a team that no longer accompanies "
            "you. You need not do anything. What is kept, and for how long, you find under "
            "/privacy."
        )
    )


async def parted(telling: Telling) -> Screen:
    """It may lie covered on their phone until they are back, or until much of the time is over."""
    texts, session = telling.texts, telling.session
    enrolment = await session.find(Enrolment, UUID(telling.params["enrolment"]))
    if enrolment is None or enrolment.returnee_id != telling.person.id:
        raise Refused("There is nothing like that for this person.")
    if enrolment.until_at is None or await are_back(session, enrolment.id):
        return Screen(texts("Hello. There is nothing new today."))
    organisation = await session.get_one(Organisation, enrolment.organisation_id)
    goes_at = enrolment.until_at + period(organisation.settings, Kind.ENROLMENTS)
    days = texts.days(max(ceil((goes_at - session.now) / _A_DAY), 0))
    if await current_enrolments(session, telling.person.id):
        return Screen(
            texts(
                "One of the teams that were there for you no longer accompanies you. The other "
                "one still does. What the first one has kept of you is deleted in {days}. If you "
                "need somebody, write here or send /help.",
                days=days,
            )
        )
    return Screen(
        texts(
            "Our team no longer accompanies you. We wish you all the best. Nobody here asks you "
            "anything first any more. What we have kept of you is deleted in {days}, or sooner if "
            "you want: see /privacy. If you ever need somebody, write here or send /help.",
            days=days,
        )
    )
