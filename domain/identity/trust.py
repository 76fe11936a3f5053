"""Who is there (P13): an answer proves that the account answered, not the person.

Nobody is taken for themselves until a worker has met them or matched the two words that they
agreed on (domain/identity/agreed_words.py); and no longer when something speaks against it.
"""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from uuid import UUID
from zlib import crc32

from sqlalchemy import select

from domain import audit
from domain.actors import Actor
from domain.errors import Refused
from domain.returnees.asked_words import ask_no_more
from domain.returnees.enrolments import organisation_of
from domain.returnees.person import find_returnee
from domain.returnees.phone import who_is_there
from domain.safety.rejudging import judge_anew
from domain.signals.opening import open_or_append
from storage.kinds import Identity, Severity
from storage.sessions import Session
from storage.tables.privacy import Erasure
from storage.tables.returnees import Returnee
from storage.wakes import Topic

_A_DAY = timedelta(days=1)


class Proof(StrEnum):
    """How a worker made sure."""

    MET = "met"
    VIDEO = "video"


class Doubt(StrEnum):
    """What speaks against it being the same person."""

    WORKER = "worker"
    SILENCE = "silence"
    UNBLOCKED = "unblocked"
    WRONG_WORDS = "wrong-words"
    WRONG_ROW = "wrong-row"
    NEW_PHONE = "new-phone"
    STOP_WORD = "stop-word"


# What a human should hear of.
_ALARMING = frozenset({Doubt.WRONG_WORDS, Doubt.WRONG_ROW})


async def seen(session: Session, returnee: Returnee) -> None:
    """They wrote or pressed something. After a long silence nobody knows who that was."""
    if who_is_there(returnee, session.now) is not returnee.identity:
        await doubt(session, returnee, Doubt.SILENCE)
    if returnee.last_seen_at is None or session.now - returnee.last_seen_at > _A_DAY:
        returnee.last_seen_at = session.now


async def doubt(session: Session, returnee: Returnee, why: Doubt) -> None:
    """It may be somebody else. Needs the service's scope."""
    returnee.identity = Identity.DOUBTED
    organisation_id = await organisation_of(session, returnee)
    _record(session, organisation_id, returnee, None, why=why)
    if why in _ALARMING:
        reasons = [f"identity.{why}"]
        await open_or_append(session, returnee, organisation_id, Severity.CONCERN, reasons)


async def against(session: Session, returnee: Returnee) -> frozenset[str]:
    """What speaks against it being them now, each by a sign of its own: a doubt, since they were
    last made sure of, a stop word, another phone, a block taken off, and that they asked to be
    forgotten.
    """
    doubted = who_is_there(returnee, session.now) is Identity.DOUBTED
    asked_at = await session.scalar(
        select(Erasure.asked_at).where(
            Erasure.returnee_id == returnee.id, Erasure.asked_by.is_(None)
        )
    )
    signs = {
        "doubted": (returnee.confirmed_at,) if doubted else None,
        "frozen": returnee.frozen_at,
        "elsewhere": returnee.unblocked_at,
        "leaving": asked_at,
    }
    return frozenset(f"{crc32(repr(sign).encode()):x}" for sign in signs.items() if sign[1])


async def confirm(
    session: Session,
    actor: Actor,
    returnee_id: UUID,
    proof: Proof,
    *,
    known: Collection[str] | None = None,
) -> None:
    """A worker saw them: what waited for that goes. Needs the service's scope.

    What spoke against it and was `known` to them weighs less than that they met; what came since
    may well be somebody else. None for whoever looks at it just now. Raises as find_returnee, and
    Refused.
    """
    returnee = await find_returnee(session, actor, returnee_id)
    if known is not None and not await against(session, returnee) <= set(known):
        raise Refused("Something speaks against it since you opened this page. Look at it again.")
    await believe(session, returnee, actor.organisation_id, proof, actor)


async def distrust(session: Session, actor: Actor, returnee_id: UUID) -> None:
    """A worker doubts that it is them. Raises as find_returnee."""
    doubted_by(session, actor, await find_returnee(session, actor, returnee_id), Doubt.WORKER)


def doubted_by(session: Session, actor: Actor, returnee: Returnee, why: Doubt) -> None:
    """As a worker says, who then needs no alarm."""
    returnee.identity = Identity.DOUBTED
    _record(session, actor.organisation_id, returnee, actor, why=why)


async def believe(
    session: Session,
    returnee: Returnee,
    organisation_id: UUID,
    proof: str,
    actor: Actor | None = None,
) -> None:
    """It is them, by this proof: what waited for that goes, and nobody has to ask for the words any
    more. Needs the service's scope.
    """
    ask_no_more(session, returnee)
    returnee.identity, returnee.confirmed_at = Identity.CONFIRMED, session.now
    _record(session, organisation_id, returnee, actor, proof=proof)
    await judge_anew(session, returnee.id)


def _record(
    session: Session, organisation_id: UUID, returnee: Returnee, actor: Actor | None, **detail: str
) -> None:
    audit.record(
        session,
        organisation_id,
        "person.identity",
        staff_id=actor.staff_id if actor else None,
        subject=returnee.id,
        identity=returnee.identity,
        **detail,
    )
    session.wakes(Topic.CASES)
