"""Two words that a person and a worker agreed on, by which the person is known again (P13).

They are never shown to staff again: what somebody says is compared with them.
"""

import json
import re
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from hmac import compare_digest
from itertools import permutations
from uuid import UUID

from domain import audit
from domain.actors import Actor
from domain.calendar import FOR_EVER
from domain.cases.thanks import is_only_thanks
from domain.directory.folding import fold, romanised
from domain.errors import Refused
from domain.identity.trust import Doubt, believe, doubt, doubted_by
from domain.notices import Notice, tell
from domain.returnees.asked_words import ASKED_FOR, ask_no_more, is_asked
from domain.returnees.enrolments import current_enrolments, organisation_of
from domain.returnees.keys import data_key
from domain.returnees.person import find_returnee
from storage.keys.keyring import Keyring, SealError
from storage.sessions import Session
from storage.tables.returnees import AgreedWords, Invite, Returnee

# So long after that the question may still be answered, or the answer be written again.
_ANSWERED_LATE = timedelta(days=14)
# Nor are they asked for twice within so long, as where the form comes again on a bad connection.
_JUST_ASKED = timedelta(minutes=10)
# More than that is no answer but a message.
_MOST_WORDS = 4
_LONGEST = 40
_CONTEXT = "agreed words"


async def agree_on_words(
    session: Session, actor: Actor, returnee_id: UUID, first: str, second: str
) -> None:
    """Two words, agreed on while they sit together. Raises as find_returnee, and Refused.

    They take the place of others, whichever organisation agreed on those: words that somebody at
    home knows by now must end at once, whoever sits with the person. The page tells all who
    accompany them since when the pair counts.
    """
    returnee = await find_returnee(session, actor, returnee_id)
    await _keep(session, returnee, checked(first, second))
    audit.done_by(session, actor, "person.words-agreed", returnee_id)


async def ask_for_words(session: Session, actor: Actor, returnee_id: UUID) -> None:
    """The person is asked for them in the chat, as soon as the safe window lets it through: it
    waits for that as long as it must.

    Raises as find_returnee, and Refused where none were agreed on.
    """
    returnee = await find_returnee(session, actor, returnee_id)
    await _agreed(session, returnee)
    if _just_came(returnee, session.now):
        return
    returnee.words_asked_until = FOR_EVER
    await tell(session, returnee, Notice.WORDS_ASKED)
    audit.done_by(session, actor, "person.words-asked", returnee_id)


def _just_came(returnee: Returnee, now: datetime) -> bool:
    """What waits to be sent is not put there twice anyway."""
    until = returnee.words_asked_until
    return until not in (None, FOR_EVER) and until > now + ASKED_FOR - _JUST_ASKED


async def compare_words(session: Session, actor: Actor, returnee_id: UUID, said: str) -> bool:
    """What they said to a worker, by telephone or face to face. Needs the service's scope.

    Raises as ask_for_words.
    """
    returnee = await find_returnee(session, actor, returnee_id)
    agreed = await _agreed(session, returnee)
    right = same_words(await _opened(session, agreed), said)
    if right:
        await believe(session, returnee, actor.organisation_id, "words-told", actor)
    else:
        doubted_by(session, actor, returnee, Doubt.WRONG_WORDS)
    return right


async def hear_words(
    session: Session, returnee: Returnee, text: str, *, only_right: bool = False
) -> bool | None:
    """A message that may be the answer: whether it is the right one; None if it is no answer.

    It gets the same thanks either way, and the next message is a message again. While a check-in
    waits for words, wrong ones are its answer, and before the question has come they answer
    nothing. Nor do thanks, which whoever was written to says first. `only_right`: so it is here, as
    where wrong ones would tell of a picture. Needs the service's scope.
    """
    if not is_asked(session, returnee) or not 1 < len(fold(text).split()) <= _MOST_WORDS:
        return None
    right = same_words(await _opened(session, await _agreed(session, returnee)), text)
    has_come = returnee.words_asked_until != FOR_EVER
    elsewhere = only_right or not has_come or returnee.typing_for is not None
    if not right and (elsewhere or is_only_thanks(text)):
        return None
    ask_no_more(session, returnee)
    if right:
        await believe(session, returnee, await organisation_of(session, returnee), "words-written")
    else:
        await doubt(session, returnee, Doubt.WRONG_WORDS)
    await tell(session, returnee, Notice.WORDS_TAKEN)
    return right


async def are_agreed(session: Session, returnee: Returnee, text: str) -> bool:
    """Whether both words are in it, asked for or not. Not known where no key opens them."""
    agreed = await session.get(AgreedWords, returnee.id)
    with suppress(SealError):
        return agreed is not None and same_words(await _opened(session, agreed), text)
    return False


async def veiled(session: Session, returnee: Returnee, text: str) -> str:
    """A wrong answer as staff may read it: a right word of it is for nobody to see."""
    return _without(await _opened(session, await _agreed(session, returnee)), text)


async def unsaid(session: Session, returnee: Returnee, text: str) -> str:
    """Any text of theirs as it may be kept: both words in one are an answer, however late, however
    often and to whomever it comes. Where no key opens them, nothing is kept from whoever reads it.
    """
    until = returnee.words_asked_until
    if until is None or session.now - until > _ANSWERED_LATE:
        return text
    with suppress(SealError):
        agreed = await _opened(session, await _agreed(session, returnee))
        said = {form for word in fold(text).split() for form in _forms(word)}
        if all(_meet(_forms(fold(word)), said) for word in agreed):
            return _without(agreed, text)
    return text


def sealed_for_invite(keys: Keyring, words: tuple[str, str]) -> bytes:
    """Until the person comes there is no key of theirs."""
    return keys.seal(json.dumps(words), _CONTEXT)


async def take_from_invite(session: Session, returnee: Returnee, invite: Invite) -> None:
    """The words agreed on with the invite are this person's from now on, but where another
    organisation accompanies them and knows them by words that are there: on a shared phone it may
    be somebody else's invite, who would be taken for them by it.
    """
    if invite.words is None:
        return
    if not await _is_known_elsewhere(session, returnee, invite.organisation_id):
        first, second = json.loads(session.keys.open(invite.words, _CONTEXT))
        await _keep(session, returnee, (first, second))
    invite.words = None


def checked(first: str, second: str) -> tuple[str, str]:
    """Raises Refused for what could not be known again."""
    words = (first.strip(), second.strip())
    folded = [fold(word[: _LONGEST + 1]) for word in words]
    if any(len(word) > _LONGEST for word in (*words, *folded)) or any(
        len(word) < 3 or " " in word for word in folded
    ):
        raise Refused("Agree on two single words of at least three letters each.")
    if _forms(folded[0]) & _forms(folded[1]):
        raise Refused("Agree on two different words.")
    return words


def same_words(agreed: tuple[str, str], said: str) -> bool:
    """Both are there, in any order, however they are written."""
    spoken = [_forms(word) for word in fold(said).split()[:_MOST_WORDS]]
    first, second = (_forms(fold(word)) for word in agreed)
    return any(_meet(first, one) and _meet(second, other) for one, other in permutations(spoken, 2))


def _forms(folded: str) -> frozenset[str]:
    """Also in Latin letters: not every phone has a keyboard for every script."""
    return frozenset({folded, romanised(folded) or folded})


def _without(agreed: tuple[str, str], text: str) -> str:
    right = _forms(fold(agreed[0])) | _forms(fold(agreed[1]))

    def covered(found: re.Match[str]) -> str:
        words = fold(found[0]).split()
        return "…" if any(_meet(_forms(word), right) for word in words) else found[0]

    return re.sub(r"\S+", covered, text)


def _meet(ones: Collection[str], others: Collection[str]) -> bool:
    return any(compare_digest(one.encode(), other.encode()) for one in ones for other in others)


async def _is_known_elsewhere(session: Session, returnee: Returnee, organisation_id: UUID) -> bool:
    """By words that were agreed on before."""
    if await session.get(AgreedWords, returnee.id) is None:
        return False
    theirs = await current_enrolments(session, returnee.id)
    return any(each.organisation_id != organisation_id for each in theirs)


async def _keep(session: Session, returnee: Returnee, words: tuple[str, str]) -> None:
    key = await data_key(session, returnee.id)
    agreed = await session.get(AgreedWords, returnee.id)
    if agreed is None:
        agreed = AgreedWords(returnee_id=returnee.id)
        session.add(agreed)
    agreed.words = key.seal(json.dumps(words), _CONTEXT)
    agreed.agreed_at = session.now
    await session.flush()


async def _agreed(session: Session, returnee: Returnee) -> AgreedWords:
    agreed = await session.get(AgreedWords, returnee.id)
    if agreed is None:
        raise Refused("No words were agreed on with this person.")
    return agreed


async def _opened(session: Session, agreed: AgreedWords) -> tuple[str, str]:
    key = await data_key(session, agreed.returnee_id)
    first, second = json.loads(key.open(agreed.words, _CONTEXT))
    return first, second
