"""What is said to somebody who confides: who reads it, and that the team does not."""

from datetime import timedelta
from uuid import UUID

from aiogram.types import InlineKeyboardMarkup

from dialogs.presses import (
    AboutHelper,
    AnswerSafeguarding,
    PastLead,
    button,
    keyboard,
)
from dialogs.screens import Screen, Telling
from dialogs.texts import Texts
from dialogs.words.staying_shut import came_at, may_be_shown
from dialogs.words.talk import hours_of_unwanted_recordings, in_an_emergency, that_is_all
from domain.consent import has_consent
from domain.marks import N_
from domain.messages.sealing import body_of
from domain.safeguarding.complaints import (
    CONFIDES_FOR,
    Confidant,
    confidant_of,
    organisation_confided_in,
)
from domain.safeguarding.messages import is_from_the_lead, words_for
from domain.safeguarding.outside import outside_address
from storage.kinds import ComplaintKind, Purpose
from storage.tables.organisations import Organisation

_READS = {
    Confidant.LEAD: N_(
        "Your helpers can't see it. Only the person in charge of protection reads it, and "
        "answers you."
    ),
    Confidant.ADMINISTRATOR: N_(
        "Your helpers can't see it, and the person in charge of protection can't either. Only a "
        "person who runs this service reads it, and answers you."
    ),
    Confidant.NOBODY: N_(
        "Your helpers can't see it. I am sorry: just now there is nobody here who may read it. I "
        "keep it until there is."
    ),
}
_FROM_LEAD = N_("🛡 From the person in charge of protection:\n\n{words}")
_FROM_ADMINISTRATOR = N_("🛡 From a person who runs this service:\n\n{words}")
ABOUT_HELPER = (
    N_("💬 About somebody who helps me"),
    N_("💬 About the team"),
    N_("Feedback"),
)
KEEP_AWAY = (N_("🚫 Somebody must not read this"), N_("🚫 Not everybody"), N_("Contacts"))


async def confiding(telling: Telling) -> Screen:
    texts, session = telling.texts, telling.session
    confidant = await confidant_of(session, telling.person)
    organisation = await session.get_one(
        Organisation, await organisation_confided_in(session, telling.person)
    )
    outside = outside_address(organisation)
    paragraphs = [
        texts(
            "Write here about somebody who helps you, or whom you don't want to know about you: "
            "who it is, and what happened."
        ),
        texts(_READS[confidant]),
        _ends_by_itself(texts),
        texts("You can also turn to somebody outside: {address}", address=outside)
        if outside
        else "",
    ]
    text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    return Screen(text, _ways_on(texts, confidant))


async def confided(telling: Telling) -> Screen:
    texts = telling.texts
    confidant = await confidant_of(telling.session, telling.person)
    kept = texts("Thank you for telling me. I keep this apart from everything else that you write.")
    more = texts("You can write more. When you have said everything, press “That is all”.")
    paragraphs = (
        f"{kept} {texts(_READS[confidant])}",
        await _how_long(telling),
        f"{more} {_ends_by_itself(texts)}",
    )
    text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    return Screen(text, _ways_on(texts, confidant))


async def said_all(telling: Telling) -> Screen:
    return Screen(
        telling.texts.form(
            N_("All right. What you write now goes to your team again."),
            discreet=N_("All right, this is noted."),
            watched=N_("All right."),
        )
    )


async def safeguarding_words(telling: Telling) -> Screen:
    texts = telling.texts
    row_id = UUID(telling.params["message"])
    message = await words_for(telling.session, telling.person, row_id)
    answer = button(texts("Answer them"), AnswerSafeguarding(message=row_id))
    if not may_be_shown(telling, await came_at(telling, message)):
        # They wait to be opened as before, as a caseworker's do (dialogs/words/staying_shut.py).
        return Screen(texts("This is too old to open again."), keyboard([answer]), covers=True)
    body = await body_of(telling.session, message)
    is_from_lead = await is_from_the_lead(telling.session, message)
    headed = _FROM_LEAD if is_from_lead else _FROM_ADMINISTRATOR
    return Screen(texts(headed, words=body["text"]), keyboard([answer]))


def about_helper(texts: Texts) -> InlineKeyboardMarkup:
    plain, discreet, watched = ABOUT_HELPER
    label = texts.form(plain, discreet=discreet, watched=watched)
    return keyboard([button(label, AboutHelper(kind=ComplaintKind.ABOUT_STAFF))])


def _ends_by_itself(texts: Texts) -> str:
    """Whoever is told to press a button takes it that nothing else ends this (P11)."""
    hours = texts.count("{number} hour", "{number} hours", CONFIDES_FOR // timedelta(hours=1))
    return texts(
        "{hours} after your last words this ends by itself: what you write then goes to your team "
        "again.",
        hours=hours,
    )


async def _how_long(telling: Telling) -> str:
    """Of a recording or picture that they don't want kept."""
    is_wanted = await has_consent(telling.session, telling.person.id, Purpose.VOICE)
    if is_wanted or not telling.params.get("recording"):
        return ""
    texts = telling.texts
    goes = texts(
        "You don't want recordings kept: {hours} after somebody has heard this, I forget it.",
        hours=hours_of_unwanted_recordings(texts),
    )
    return f"{goes} {in_an_emergency(texts)}"


def _ways_on(texts: Texts, confidant: Confidant) -> InlineKeyboardMarkup:
    past = button(texts("It is about who reads this"), PastLead())
    return keyboard([past] if confidant is Confidant.LEAD else [], that_is_all(texts))
