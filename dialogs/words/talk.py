"""The talk between a person and their caseworkers, and what happens to recordings."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from aiogram.types import InlineKeyboardButton

from dialogs.presses import AskForHuman, SaidAll, SayWhen, button, keyboard
from dialogs.screens import Screen, Telling
from dialogs.texts import Texts
from dialogs.words.services import card_from_worker
from dialogs.words.staying_shut import came_at, is_sure, may_be_shown, stays_shut
from domain.consent import has_consent
from domain.consent.reading import may_read
from domain.errors import Refused
from domain.marks import N_
from domain.messages.sealing import body_of
from domain.replies.recordings import sound_of
from domain.retention_periods import RECORDING_WITHOUT_CONSENT
from domain.safeguarding.complaints import confides
from domain.safety.covers import FROM_THE_TEAM
from domain.signals.good_time import GoodTime
from storage.kinds import Discretion, Purpose
from storage.tables.cases import Message

_PAST_THE_TEAM = N_(
    "Your team does not read what you write here now. If something is for them, first press “That "
    "is all”."
)


async def as_they_are_read(telling: Telling, words: str) -> list[str]:
    """Whoever took back that somebody reads them is not told that somebody does (P11); and whoever
    confides is told how to be read by the team.
    """
    session, person = telling.session, telling.person
    if not await may_read(session, person):
        return []
    return [telling.texts(_PAST_THE_TEAM) if confides(session, person) else words]


def back_to_the_team(telling: Telling) -> list[InlineKeyboardButton]:
    """The button for whoever confides; nothing for all others."""
    confiding = confides(telling.session, telling.person)
    return that_is_all(telling.texts) if confiding else []


def that_is_all(texts: Texts) -> list[InlineKeyboardButton]:
    return [button(texts("That is all"), SaidAll())]


async def caseworker_words(telling: Telling) -> Screen:
    message = await telling.session.get(Message, UUID(telling.params["message"]))
    if message is None or message.returnee_id != telling.person.id:
        raise Refused("There is no such message for this person.")
    is_kept_back = message.only_confirmed and not is_sure(telling)
    if is_kept_back or not may_be_shown(telling, await came_at(telling, message)):
        return stays_shut(telling.texts)
    body = await body_of(telling.session, message)
    sound = sound_of(body)
    if sound is not None:
        return _voice(telling, sound[0])
    if not body.get("service"):
        return Screen(telling.texts(FROM_THE_TEAM, words=body["text"]))
    shown = await card_from_worker(replace(telling, params={"service": body["service"]}))
    heading = telling.texts(FROM_THE_TEAM, words="").rstrip()
    return replace(shown, text=f"{heading}\n\n{shown.text}")


def _voice(telling: Telling, sound: bytes) -> Screen:
    """Others may have begun to read this phone since it was recorded: then nothing is played."""
    texts = telling.texts
    if texts.discretion is not Discretion.OPEN or telling.person.shared_phone:
        words = texts("A recording that can't be played here now. You can ask for it in words.")
        return Screen(texts(FROM_THE_TEAM, words=words))
    return Screen(texts(FROM_THE_TEAM, words="").rstrip(), voice=sound)


async def message_kept(telling: Telling) -> Screen:
    return Screen(
        telling.texts.form(
            N_("Our team will read this."),
            discreet=N_("All right, this is noted."),
            watched=N_("All right."),
        )
    )


async def recording_kept(telling: Telling) -> Screen:
    texts = telling.texts
    if await has_consent(telling.session, telling.person.id, Purpose.VOICE):
        return Screen(
            texts(
                "I am a machine: I can't listen to recordings or look at pictures. I have kept "
                "this for a person of our team. If it is urgent, please write it in words, too."
            )
        )
    heard = texts(
        "I am a machine: I can't listen to recordings or look at pictures. It may be urgent, so a "
        "person of our team hears it. You don't want recordings kept: {hours} later I forget it. "
        "If it is urgent, please write it in words, too.",
        hours=hours_of_unwanted_recordings(texts),
    )
    return Screen(f"{heard} {in_an_emergency(texts)}")


def hours_of_unwanted_recordings(texts: Texts) -> str:
    """How long they stay after somebody has heard them."""
    hours = RECORDING_WITHOUT_CONSENT // timedelta(hours=1)
    return texts.count("{number} hour", "{number} hours", hours)


def in_an_emergency(texts: Texts) -> str:
    """What was promised of an unwanted recording waits for that: it may save a life."""
    return texts("In an emergency, recordings stay until it is over.")


async def recording_unread(telling: Telling) -> Screen:
    texts = telling.texts
    return Screen(
        texts(
            "I am a machine: I can't listen to recordings or look at pictures, and I have not "
            "kept this. Please write it in words, or ask for a person."
        ),
        keyboard([button(texts("A person, please"), AskForHuman())]),
    )


async def place_unseen(telling: Telling) -> Screen:
    """Whoever sends a place may believe that somebody is on the way to it (P11)."""
    texts = telling.texts
    lines = [
        texts(
            "I keep no places, so nobody sees where you are. If somebody should know it, write it "
            "in words."
        ),
        texts(
            "If you are in danger now, don't wait for us: call the emergency number of the country "
            "that you are in."
        ),
    ]
    ask = button(texts("A person, please"), AskForHuman())
    return Screen("\n\n".join(lines), keyboard([ask]))


async def number_unseen(telling: Telling) -> Screen:
    return Screen(
        telling.texts(
            "Of a contact I keep only the name, not the number. If our team should know it, write "
            "it here."
        )
    )


async def unopenable(telling: Telling) -> Screen:
    """A story, a gift and the like (P11)."""
    return Screen(
        telling.texts(
            "Nobody here can open this, our team included: they see that something came, and any "
            "words in it. Please write in words what it is about."
        )
    )


async def words_asked(telling: Telling) -> Screen:
    return Screen(
        telling.texts(
            "Our team would like to be sure that it is you. Please write the two words that you "
            "agreed on with us, in one message."
        )
    )


async def words_taken(telling: Telling) -> Screen:
    """The same for the right words and for wrong ones."""
    return Screen(
        telling.texts.form(
            N_("Thank you, I have passed this on."),
            discreet=N_("Thank you."),
            watched=N_("Thank you."),
        )
    )


async def safe_to_talk(telling: Telling) -> Screen:
    """Says not a word of what it is about."""
    texts, case = telling.texts, UUID(telling.params["case"])
    words = texts.form(
        N_("A person from our team would like to write to you. Is it safe to talk now?"),
        discreet=N_("Is now a good time?"),
        watched=N_("Hello. Is now a good time?"),
    )
    answers = [
        button(texts("Yes"), SayWhen(case=case, answer=GoodTime.NOW)),
        button(texts("Later"), SayWhen(case=case, answer=GoodTime.LATER)),
        button(texts("Never mind"), SayWhen(case=case, answer=GoodTime.NO)),
    ]
    return Screen(words, keyboard(answers))


async def talk_answered(telling: Telling) -> Screen:
    return Screen(telling.texts("All right."))
