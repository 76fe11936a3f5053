"""The number of an organisation's own file on somebody: by it staff tell whose page is whose.

It is sealed, and found by a keyed hash of the organisation's own, so that equal numbers of two of
them have nothing in common (P7). No other organisation, no phone and no file ever shows it.
"""

import json
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from domain import audit
from domain.actors import Actor, Right
from domain.directory.folding import latin_digit
from domain.errors import ChangedMeanwhile, Refused
from domain.illegible import ILLEGIBLE
from domain.names import isolated
from domain.returnees.enrolments import current_enrolment
from domain.returnees.person import accompanied, find_returnee
from storage.batches import at_most
from storage.keys.keyring import Keyring, SealError
from storage.sessions import Session
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Invite, Returnee

LONGEST = 40

_KIND = "file number"
# Spaces, slashes, and dashes of all lengths.
_GAP = re.compile(r"[\s/\-\u2010-\u2015\u2212]+")
# 12-3 is another file than 1-23; elsewhere a gap is only somebody's way of writing.
_BETWEEN_DIGITS = re.compile(rf"(?<=\d){_GAP.pattern}(?=\d)")
# Of so many bytes are the numbers of PostgreSQL's locks.
_LOCK = 8


@dataclass(frozen=True, slots=True, repr=False)
class FileNumber:
    """As it is kept."""

    sealed: bytes
    key: bytes


async def new_file_number(
    session: Session, actor: Actor, typed: str, *, of: UUID | None = None
) -> FileNumber:
    """For that person, or for whoever comes by an invite.

    Raises Refused where another person whom the actor may see bears it, or an invite that waits;
    whom they must know nothing of hinders nothing, or they would learn of them (P10).
    """
    number = _checked(typed)
    sought = _sought(actor.organisation_id, number)
    kept = _as_kept(session.keys, number, sought)
    # Of two who give it at once, the second looks when the first is done.
    lock = int.from_bytes(kept.key[:_LOCK], signed=True)
    await session.execute(select(func.pg_advisory_xact_lock(lock)))
    borne = _bearers(session.keys, actor, sought).where(Returnee.id != of)
    given = select(Invite.id).where(
        Invite.organisation_id == actor.organisation_id,
        Invite.file_number_key.in_(session.keys.look_ups(sought, _KIND)),
        Invite.used_at.is_(None),
        Invite.expires_at > session.now,
    )
    # In one look: from the one to the other it goes in the moment in which somebody comes.
    if await session.scalar(select(or_(borne.exists(), given.exists()))):
        raise Refused("Another person or invite has this file number already.")
    return kept


async def set_file_number(
    session: Session, actor: Actor, returnee_id: UUID, typed: str, *, instead_of: str = ""
) -> None:
    """With nothing typed it is taken away. Needs the service's scope. Raises as find_returnee and
    new_file_number, and Refused where another stands there than their page showed, `instead_of`
    which it is.
    """
    await find_returnee(session, actor, returnee_id)
    enrolment = await current_enrolment(session, returnee_id, actor.organisation_id)
    assert enrolment is not None
    stands = read_file_number(session.keys, enrolment.file_number) or ""
    # What was sent twice changes nothing.
    if stands not in (instead_of, typed):
        raise ChangedMeanwhile
    if typed:
        number = await new_file_number(session, actor, typed, of=returnee_id)
        enrolment.file_number, enrolment.file_number_key = number.sealed, number.key
        audit.done_by(session, actor, "person.file-number-set", returnee_id)
    elif enrolment.file_number is not None:
        forget_file_number(enrolment)
        audit.done_by(session, actor, "person.file-number-taken-away", returnee_id)


async def file_number_of(session: Session, actor: Actor, returnee_id: UUID) -> str | None:
    """The one of the actor's organisation, of somebody whom they may see."""
    enrolment = await current_enrolment(session, returnee_id, actor.organisation_id)
    return read_file_number(session.keys, enrolment.file_number) if enrolment else None


async def find_by_file_number(session: Session, actor: Actor, typed: str) -> UUID:
    """Whose it is, and that they were found is recorded (P10). Raises NotAllowed, and Refused, as
    where two bear it: a colleague who is kept apart from the one gave it to the other.
    """
    actor.ensure_may(Right.SEE_PEOPLE)
    sought = _sought(actor.organisation_id, _checked(typed))
    bearers = _bearers(session.keys, actor, sought).order_by(Enrolment.from_at, Enrolment.id)
    found = (await session.execute(bearers.limit(at_most(2)))).all()
    if not found:
        raise Refused("Nobody whom you may see has this file number.")
    if len(found) > 1:
        one, other = (isolated(pseudonym) for _, pseudonym in found)
        raise Refused(
            "Two people have this file number: {one} and {other}. Look at both, and change one.",
            one=one,
            other=other,
        )
    returnee_id, _ = found[0]
    audit.done_by(session, actor, "person.found-by-file-number", returnee_id)
    return returnee_id


def take_file_number(keys: Keyring, enrolment: Enrolment, bearer: Enrolment | Invite) -> None:
    """With whoever came by an invite, or was a stray until now, it takes the place of another."""
    if bearer.file_number is not None:
        enrolment.file_number = bearer.file_number
        enrolment.file_number_key = bearer.file_number_key
        with suppress(SealError):
            # Anew: a rotation of the keys may be through with the one, though not with the other.
            kept = _as_kept(keys, *json.loads(keys.open(bearer.file_number, _KIND)))
            enrolment.file_number, enrolment.file_number_key = kept.sealed, kept.key
        forget_file_number(bearer)


async def bring_file_numbers(session: Session, stray_id: UUID, returnee_id: UUID) -> None:
    """Of a stray who turned out to be this person. A number that they have by then stays theirs."""
    borne = select(Enrolment).where(
        Enrolment.returnee_id == stray_id, STILL_ENROLLED, Enrolment.file_number.is_not(None)
    )
    for found in (await session.scalars(borne)).all():
        own = await current_enrolment(session, returnee_id, found.organisation_id)
        if own is not None and own.file_number is None:
            take_file_number(session.keys, own, found)


def forget_file_number(bearer: Enrolment | Invite) -> None:
    """With an enrolment's end too: nobody could see or take it away any more."""
    bearer.file_number = bearer.file_number_key = None


def read_file_number(keys: Keyring, sealed: bytes | None) -> str | None:
    """As it was typed; ILLEGIBLE where no key opens it."""
    if sealed is None:
        return None
    try:
        number, _ = json.loads(keys.open(sealed, _KIND))
    except SealError:
        return ILLEGIBLE
    return str(number)


def _as_kept(keys: Keyring, number: str, sought: str) -> FileNumber:
    return FileNumber(keys.seal(json.dumps((number, sought)), _KIND), keys.look_up(sought, _KIND))


def _bearers(keys: Keyring, actor: Actor, sought: str) -> Select[UUID, str]:
    return (
        select(Returnee.id, Enrolment.pseudonym)
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(Enrolment.file_number_key.in_(keys.look_ups(sought, _KIND)), *accompanied(actor))
    )


def _checked(typed: str) -> str:
    """On one line. Raises Refused."""
    seen = "".join(c for c in " ".join(typed.split()) if c.isprintable())
    # What can't be seen may have stood beside spaces, which a form leaves out.
    number = " ".join(seen.split())
    if len(number) > LONGEST or not any(c.isalnum() for c in number):
        raise Refused("Type a file number of at most {most} letters and digits.", most=LONGEST)
    return number


def _sought(organisation_id: UUID, number: str) -> str:
    return f"{organisation_id}:{_folded(number)}"


def _folded(number: str) -> str:
    """One form for all ways of writing it: capitals or not, digits of any script, gaps."""
    plain = "".join(map(latin_digit, unicodedata.normalize("NFKC", number).casefold()))
    return " ".join(_GAP.sub("", part) for part in _BETWEEN_DIGITS.split(plain))
