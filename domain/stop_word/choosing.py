"""How a person comes to have a stop word: proposed, rehearsed, kept as hashes, known again."""

import asyncio
import re

from domain.duty.readiness import ensure_ready
from domain.errors import Refused
from domain.identity.agreed_words import are_agreed
from domain.returnees.enrolments import organisation_of
from domain.returnees.kept_words import is_known, kept_of
from domain.returnees.keys import data_key
from domain.stop_word.forms import LONGEST, folded, forms, is_picture, probes
from domain.stop_word.ordinary import is_in_the_directory, is_ordinary, seldom_sent
from storage.sessions import Session
from storage.tables.returnees import Returnee, Safety

#: The pairs of sentences, by name, of which one says "a human has seen it" and one "nobody yet".
SIGNS = ("hours", "list", "visit")
LEAST_LETTERS = 6
LEAST_PICTURES = 3
# A letter that was held down.
_HELD = re.compile(r"(.)\1{2,}")


async def propose(session: Session, returnee: Returnee, text: str) -> bytes:
    """The hashes of a word that may become this person's. Raises Refused, in a sentence to them."""
    await ensure_ready(session, await organisation_of(session, returnee))
    _ensure_long_enough(text)
    if (
        # Whoever answers a worker with them would freeze the chat.
        await are_agreed(session, returnee, text)
        or await asyncio.to_thread(is_ordinary, text)
        or await is_in_the_directory(session, text)
    ):
        raise Refused(
            "People write that on an ordinary day. Please take something that you would never "
            "write otherwise."
        )
    return kept_of(await data_key(session, returnee.id), forms(text))


async def is_same(session: Session, returnee: Returnee, kept: bytes, text: str) -> bool:
    """Whether a message is the word whose hashes these are: all of it, but for one slip."""
    looked_for = probes(text)
    if not looked_for:
        return False
    return is_known(await data_key(session, returnee.id), kept, looked_for)


async def is_stop_word(session: Session, returnee: Returnee, text: str) -> bool:
    """Asks the database nothing about somebody who came with `know_returnees`."""
    safety = await session.find(Safety, returnee.id)
    assert safety is not None
    return safety.stop_word is not None and await is_same(session, returnee, safety.stop_word, text)


async def take(session: Session, returnee: Returnee, word: bytes, signs: str) -> None:
    """The word that was proposed and rehearsed is theirs, with the sentences they chose."""
    if signs not in SIGNS:
        raise Refused("There are no such sentences.")
    await ensure_ready(session, await organisation_of(session, returnee))
    safety = await session.get_one(Safety, returnee.id)
    safety.stop_word, safety.stop_signs = word, signs


async def give_up(session: Session, returnee: Returnee) -> None:
    """They want none any more."""
    safety = await session.get_one(Safety, returnee.id)
    safety.stop_word = safety.stop_signs = None


def _ensure_long_enough(text: str) -> None:
    word = folded(text)
    letters = sum(not is_picture(each) for each in _HELD.sub(r"\1", word))
    if letters < LEAST_LETTERS and seldom_sent(text) < LEAST_PICTURES:
        raise Refused(
            "That is too short. Please take six letters or more, or three different pictures that "
            "people seldom send."
        )
    if len(word) > LONGEST or not probes(text):
        raise Refused("That is too long. Please take one word, or two or three short ones.")
