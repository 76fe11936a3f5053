"""The person who returned: one phone, one key, known to staff by a pseudonym."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import QueryableAttribute

from domain.actors import Actor, Right
from domain.errors import Refused
from domain.returnees.pseudonyms import new_pseudonym
from storage.batches import at_most, one_of
from storage.cases import UNRESOLVED, Case
from storage.keys import DataKey, Keyring, SealError
from storage.kinds import Discretion, Identity
from storage.organisations import Organisation
from storage.privacy import gone_for_the_team
from storage.returnees import STILL_ENROLLED, Enrolment, Returnee, Safety, WrappedKey
from storage.safeguarding import seen_by
from storage.sessions import Session

# After so long somebody is asked whether the hours they called safe are still right.
HOURS_LAST = timedelta(days=90)
# Whoever is silent for so long may not be the same one afterwards.
LONG_SILENCE = timedelta(days=60)


async def returnee_of_chat(session: Session, chat_id: int) -> Returnee | None:
    """Whoever writes from this chat, if Wayhome keeps anything about them."""
    key = session.keys.look_up(chat_id, "chat")
    if key not in _known(session):
        await know_returnees(session, [chat_id])
    return _known(session)[key]


# Of the organisations that they are with, the one that hears of what they write: whoever has their
# open case, or else whoever would open one.
_ORGANISATION = func.coalesce(
    select(Case.organisation_id)
    .where(Case.returnee_id == Returnee.id, UNRESOLVED)
    .correlate(Returnee)
    .scalar_subquery(),
    select(Enrolment.organisation_id)
    .where(Enrolment.returnee_id == Returnee.id, STILL_ENROLLED)
    .order_by(Enrolment.from_at.desc())
    .limit(at_most(1))
    .correlate(Returnee)
    .scalar_subquery(),
)
# What is safe for them comes along: while somebody holds on to it, no question is needed.
_OF_CHATS = (
    select(Returnee, WrappedKey.wrapped, Safety, _ORGANISATION)
    .join(WrappedKey, WrappedKey.id == Returnee.data_key_id)
    .outerjoin(Safety, Safety.returnee_id == Returnee.id)
    .where(one_of(Returnee.chat_key, "chats"))
)


_LOCKED = _OF_CHATS.order_by(Returnee.id).with_for_update(of=Returnee, key_share=True)


async def know_returnees(
    session: Session, chat_ids: Sequence[int], *, locked: bool = False
) -> None:
    """Asks for all of them in one question, before each is asked for.

    `locked`: until the transaction ends, whoever would change one of them waits.
    """
    keys = session.keys.all_look_ups(chat_ids, "chat")
    found = await session.execute(_LOCKED if locked else _OF_CHATS, {"chats": list(keys)})
    _known(session).update(dict.fromkeys(keys.values()))
    for returnee, wrapped, safety, organisation_id in found:
        _known(session)[keys[returnee.chat_key]] = returnee
        _organisations(session)[returnee.id] = organisation_id
        _wrapped(session)[returnee.id] = wrapped
        session.info.setdefault("safeties", []).append(safety)


def organisation_when_found(session: Session, returnee: Returnee) -> UUID | None:
    """Who heard of what they write when `returnee_of_chat` found them: whoever had their open case,
    or else the organisation they were with; None for nobody.
    """
    return _organisations(session).get(returnee.id)


def _organisations(session: Session) -> dict[UUID, UUID | None]:
    organisations: dict[UUID, UUID | None] = session.info.setdefault("organisations", {})
    return organisations


def _known(session: Session) -> dict[bytes, Returnee | None]:
    """By the newest hash of their chats. Everything that deals with an update asks who it is from:
    once is enough for a transaction, since nobody else deals with that chat meanwhile.
    """
    known: dict[bytes, Returnee | None] = session.info.setdefault("returnees", {})
    return known


def _wrapped(session: Session) -> dict[UUID, bytes]:
    """Their data keys, wrapped, by their ids."""
    wrapped: dict[UUID, bytes] = session.info.setdefault("data keys", {})
    return wrapped


async def add_returnee(
    session: Session, chat_id: int, organisation: Organisation, language: str, **facts: Any
) -> Returnee:
    """A new person with their own key, enrolled with this organisation under a new pseudonym.

    `facts` are further columns of the person, as known.
    """
    _, wrapped = session.keys.new_data_key()
    key = WrappedKey(epoch=session.keys.current, wrapped=wrapped)
    session.add(key)
    await session.flush()
    returnee = Returnee(
        data_key_id=key.id,
        chat=session.keys.seal(str(chat_id), "returnee chat"),
        chat_key=session.keys.look_up(chat_id, "chat"),
        language=language,
        created_at=session.now,
        **{"country": organisation.country, "time_zone": organisation.time_zone, **facts},
    )
    session.add(returnee)
    await session.flush()
    _known(session)[returnee.chat_key] = returnee
    session.add(Safety(returnee_id=returnee.id, ask_hours_at=session.now + HOURS_LAST))
    await enrol(session, returnee, organisation)
    return returnee


async def enrol(
    session: Session,
    returnee: Returnee,
    organisation: Organisation,
    invite_id: UUID | None = None,
) -> Enrolment:
    """The person is with this organisation from now on; the enrolment they have is kept."""
    enrolment = await current_enrolment(session, returnee.id, organisation.id)
    if enrolment is None:
        enrolment = Enrolment(
            returnee_id=returnee.id,
            organisation_id=organisation.id,
            pseudonym=await _unused_pseudonym(session, organisation.id),
            from_at=session.now,
        )
        session.add(enrolment)
    if invite_id is not None:
        enrolment.invite_id = invite_id
    await session.flush()
    return enrolment


async def current_enrolment(
    session: Session, returnee_id: UUID, organisation_id: UUID | None = None
) -> Enrolment | None:
    """The newest one that has not ended, with that organisation or with any."""
    query = (
        select(Enrolment)
        .where(Enrolment.returnee_id == returnee_id, STILL_ENROLLED)
        .order_by(Enrolment.from_at.desc())
        .limit(at_most(1))
    )
    if organisation_id is not None:
        query = query.where(Enrolment.organisation_id == organisation_id)
    return await session.scalar(query)


async def find_returnee(session: Session, actor: Actor, returnee_id: UUID) -> Returnee:
    """Somebody whom the actor's organisation accompanies, locked.

    Raises NotAllowed, and Refused for somebody else's person, and for one from whom they are kept
    apart, as for nobody (P10).
    """
    actor.ensure_may(Right.SEE_PEOPLE)
    returnee = await session.scalar(
        select(Returnee)
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(
            Returnee.id == returnee_id,
            Enrolment.organisation_id == actor.organisation_id,
            STILL_ENROLLED,
            *seen_by_role(actor),
            seen_by(actor.staff_id, Returnee.id),
        )
        .with_for_update(of=Returnee, key_share=True)
        .execution_options(populate_existing=True)
    )
    if returnee is None:
        raise Refused("There is no such person.")
    return returnee


async def lock_person(session: Session, returnee_id: UUID) -> None:
    """Whatever else is done about this person waits its turn."""
    await session.execute(
        select(Returnee.id).where(Returnee.id == returnee_id).with_for_update(key_share=True)
    )


async def lock_if_free(session: Session, returnee_id: UUID) -> bool:
    """The same where nobody is at it just now; for a tick, which may hold what they wait for."""
    found = await session.scalar(
        select(Returnee.id)
        .where(Returnee.id == returnee_id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return found is not None


def seen_by_role(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Within a query of people: those whom staff had forgotten are left to safeguarding alone."""
    if actor.may(Right.SAFEGUARD):
        return ()
    return (~gone_for_the_team(actor.organisation_id, Returnee.id),)


def who_is_there(returnee: Returnee, now: datetime) -> Identity:
    """What is known of whoever holds the phone at this moment."""
    if returnee.identity is not Identity.CONFIRMED:
        return returnee.identity
    signs = (returnee.last_seen_at, returnee.last_wrote_at, returnee.confirmed_at)
    last = max((sign for sign in signs if sign is not None), default=returnee.created_at)
    return Identity.DOUBTED if now - last > LONG_SILENCE else Identity.CONFIRMED


def may_be_shown(returnee: Returnee, now: datetime) -> bool:
    """Older words are shown to nobody but the person, and not where others read along (P13)."""
    confirmed = who_is_there(returnee, now) is Identity.CONFIRMED
    return confirmed and returnee.discretion is not Discretion.WATCHED


def known_as(
    organisation_id: UUID | QueryableAttribute[UUID], returnee_id: UUID | QueryableAttribute[UUID]
) -> ScalarSelect[str]:
    """Within a query: by what name that organisation knows them, or knew them until they left."""
    return (
        select(Enrolment.pseudonym)
        .where(Enrolment.returnee_id == returnee_id, Enrolment.organisation_id == organisation_id)
        .order_by(Enrolment.from_at.desc())
        .limit(at_most(1))
        .correlate_except(Enrolment)
        .scalar_subquery()
    )


async def current_enrolments(session: Session, returnee_id: UUID) -> Sequence[Enrolment]:
    """Those that have not ended: the organisations that accompany this person."""
    found = await session.scalars(
        select(Enrolment)
        .where(Enrolment.returnee_id == returnee_id, STILL_ENROLLED)
        .order_by(Enrolment.from_at)
    )
    return found.all()


def give_phone(session: Session, returnee: Returnee, chat_id: int) -> None:
    """They are reached by this chat from now on, and by the one of before no more."""
    _known(session)[session.keys.look_up(chat_id_of(session, returnee), "chat")] = None
    returnee.chat = session.keys.seal(str(chat_id), "returnee chat")
    returnee.chat_key = session.keys.look_up(chat_id, "chat")
    _known(session)[returnee.chat_key] = returnee


def mend_chat(session: Session, returnee: Returnee, chat_id: int) -> None:
    """They write from this chat, by whose hash they were found: where its number, as it was kept,
    does not open any more, it is written anew, so that they can be answered.
    """
    try:
        chat_id_of(session, returnee)
    except SealError:
        returnee.chat = session.keys.seal(str(chat_id), "returnee chat")


async def data_key(session: Session, returnee_id: UUID) -> DataKey:
    """The key under which this person's words lie."""
    wrapped = _wrapped(session).get(returnee_id)
    if wrapped is None:
        wrapped = await session.scalar(
            select(WrappedKey.wrapped)
            .join(Returnee, Returnee.data_key_id == WrappedKey.id)
            .where(Returnee.id == returnee_id)
        )
    return open_data_key(session.keys, wrapped)


def open_data_key(keys: Keyring, wrapped: bytes | None) -> DataKey:
    if wrapped is None:
        raise LookupError("this person's words are gone or not yours to read")
    return keys.unwrap(wrapped)


def discretion_now(returnee: Returnee | None) -> Discretion:
    """What may stand on this phone now: where the stop word was used, as little as anywhere."""
    if returnee is None:
        return Discretion.OPEN
    return returnee.discretion if returnee.frozen_at is None else Discretion.WATCHED


def chat_id_of(session: Session, returnee: Returnee) -> int:
    return int(session.keys.open(returnee.chat, "returnee chat"))


async def _unused_pseudonym(session: Session, organisation_id: UUID) -> str:
    while True:
        pseudonym = new_pseudonym()
        taken = await session.scalar(
            select(Enrolment.id).where(
                Enrolment.organisation_id == organisation_id, Enrolment.pseudonym == pseudonym
            )
        )
        if taken is None:
            return pseudonym
