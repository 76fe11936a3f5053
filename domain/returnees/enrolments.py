"""With which organisations a person is, and by what name each knows them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, false, select, tuple_
from sqlalchemy.orm import QueryableAttribute, aliased

from domain.actors import Actor, By
from domain.organisations import default_organisation
from domain.returnees.chats import know
from domain.returnees.person import seen_by_role
from domain.returnees.phone import HOURS_LAST
from domain.returnees.pseudonyms import new_pseudonym
from domain.returnees.wishes import wishes_left
from domain.workers import has_workers
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.returnees import (
    NEWEST_FIRST,
    STILL_ENROLLED,
    Enrolment,
    Invite,
    Returnee,
    Safety,
    WrappedKey,
)
from storage.tables.safeguarding import seen_by

_LATER = aliased(Enrolment)
_ANY = aliased(Enrolment)
#: Of an enrolment: of those that accompany the person, its organisation began last.
BEGAN_LAST = and_(
    STILL_ENROLLED,
    ~exists().where(
        _LATER.returnee_id == Enrolment.returnee_id,
        _LATER.until_at.is_(None),
        tuple_(_LATER.from_at, _LATER.id) > tuple_(Enrolment.from_at, Enrolment.id),
    ),
)


_ITS_OWN = (
    Invite.id == Enrolment.invite_id,
    Invite.organisation_id == Enrolment.organisation_id,
)


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
    know(session, returnee)
    session.add(Safety(returnee_id=returnee.id, ask_hours_at=session.now + HOURS_LAST))
    await enrol(session, returnee, organisation)
    return returnee


async def become_known(session: Session, chat_id: int, language: str, **facts: Any) -> Returnee:
    """A stranger who needs somebody, and cannot be answered otherwise: with the default
    organisation.
    """
    organisation = await default_organisation(session)
    return await add_returnee(session, chat_id, organisation, language, **facts)


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


async def current_enrolment(
    session: Session, returnee_id: UUID, organisation_id: UUID | None = None
) -> Enrolment | None:
    """The newest one that has not ended, with that organisation or with any."""
    query = (
        select(Enrolment)
        .where(Enrolment.returnee_id == returnee_id, STILL_ENROLLED)
        .order_by(Enrolment.from_at.desc(), Enrolment.id.desc())
        .limit(at_most(1))
    )
    if organisation_id is not None:
        query = query.where(Enrolment.organisation_id == organisation_id)
    return await session.scalar(query)


async def current_enrolments(session: Session, returnee_id: UUID) -> Sequence[Enrolment]:
    """Those that have not ended: the organisations that accompany this person."""
    found = await session.scalars(
        select(Enrolment)
        .where(Enrolment.returnee_id == returnee_id, STILL_ENROLLED)
        .order_by(Enrolment.from_at)
    )
    return found.all()


def organisations_keeping(returnee_id: UUID) -> Select[UUID]:
    """Those that accompany this person, or did: each has something of them, until that is old."""
    return select(Enrolment.organisation_id).where(Enrolment.returnee_id == returnee_id).distinct()


def was_invited() -> ColumnElement[bool]:
    """Within a query of enrolments: the organisation invited them itself, for this enrolment or for
    one before it. Whom it was given by a referral has the giver's invite. Needs the service's
    scope.
    """
    return exists().where(*_ITS_OWN)


def by_own_invite() -> ColumnElement[bool]:
    """Within a query of enrolments: invited for this very enrolment. The giver's invite may be an
    old one of its own, if it gave them away once.
    """
    return exists().where(*_ITS_OWN, Invite.used_at >= Enrolment.from_at)


def invited_by(actor: By, returnee_id: QueryableAttribute[UUID]) -> ColumnElement[bool]:
    """Within a query: the actor gave that person their invite, for whichever of their enrolments,
    and is not told what they agreed to. Nobody did who holds the shell.
    """
    if actor.staff_id is None:
        return false()
    found = (
        select(_ANY.id)
        .join(Invite, Invite.id == _ANY.invite_id)
        .where(_ANY.returnee_id == returnee_id, Invite.issued_by == actor.staff_id)
    )
    return found.correlate_except(_ANY, Invite).exists()


async def has_invited(session: Session, actor: By, returnee_id: UUID) -> bool:
    """The same of one person."""
    found = select(Enrolment.id).where(
        Enrolment.returnee_id == returnee_id, invited_by(actor, Enrolment.returnee_id)
    )
    return await session.scalar(found.limit(at_most(1))) is not None


async def organisation_of(session: Session, returnee: Returnee) -> UUID:
    """Who answers for this person: whoever began last of those that accompany them; where nobody
    works on cases there any more, or nobody who may know of them, one where somebody does, unless
    they want it kept away from them. Where nobody accompanies them any more, whoever did last and
    has somebody who works on cases still, or else the default organisation. Needs the service's
    scope.
    """
    found = await session.execute(
        select(
            Enrolment.organisation_id,
            has_workers(Enrolment.organisation_id, returnee.id),
        )
        .where(Enrolment.returnee_id == returnee.id, STILL_ENROLLED)
        .order_by(*NEWEST_FIRST)
    )
    accompanying = [(organisation_id, is_staffed) for organisation_id, is_staffed in found]
    if not accompanying:
        there_still = has_workers(Enrolment.organisation_id, returnee.id)
        return await _last_of(session, returnee, there_still)
    newest, is_staffed = accompanying[0]
    others = [other for other, is_there in accompanying if is_there]
    if is_staffed or not others:
        return newest
    wishes = await wishes_left(session, returnee.id)
    return next((other for other in others if not wishes.shuts_out(other)), newest)


async def newest_of(session: Session, returnee: Returnee) -> UUID:
    """Where they are enrolled since last, or where nobody accompanies them any more, who did last:
    whoever works there. Needs the service's scope.
    """
    enrolment = await current_enrolment(session, returnee.id)
    return enrolment.organisation_id if enrolment else await _last_of(session, returnee)


async def _last_of(session: Session, returnee: Returnee, *which: ColumnElement[bool]) -> UUID:
    """Who knows them of these, unless they want those kept away from them since; or else the
    default organisation.
    """
    last = await session.scalar(
        select(Enrolment.organisation_id)
        .where(Enrolment.returnee_id == returnee.id, *which)
        .order_by(*NEWEST_FIRST)
        .limit(at_most(1))
    )
    if last is not None and not (await wishes_left(session, returnee.id)).shuts_out(last):
        return last
    return (await default_organisation(session)).id


async def organisation_for(session: Session, returnee: Returnee | None) -> UUID | None:
    """Who answers for whoever writes: for strangers the default organisation, if there is one."""
    if returnee is not None:
        return await organisation_of(session, returnee)
    return await session.scalar(select(Organisation.id).where(Organisation.is_default))


async def organisations_for(session: Session, returnee: Returnee | None) -> list[UUID]:
    """All that accompany whoever writes, or else who answers for them."""
    accompanying = await current_enrolments(session, returnee.id) if returnee is not None else ()
    if accompanying:
        return [each.organisation_id for each in accompanying]
    answering = await organisation_for(session, returnee)
    return [answering] if answering is not None else []


async def answers_for(session: Session, returnee: Returnee, organisation_id: UUID) -> bool:
    """Whether that organisation accompanies this person, or did last, and nobody does now. Needs
    the service's scope.
    """
    if await current_enrolment(session, returnee.id, organisation_id) is not None:
        return True
    return await organisation_of(session, returnee) == organisation_id


async def begin_anew(session: Session, returnee: Returnee, organisation_id: UUID) -> None:
    """Somebody must look after them again: they are with that organisation, if they left it."""
    await enrol(session, returnee, await session.get_one(Organisation, organisation_id))


async def pseudonym_of(session: Session, actor: Actor, returnee_id: UUID) -> str:
    """By which the organisation knows them, or knew them until they left; nothing, where there is
    no such person to be seen.
    """
    seen = seen_by_role(actor, Enrolment.returnee_id)
    return await pseudonym_where(session, actor, returnee_id, seen)


async def pseudonym_where(
    session: Session, actor: Actor, returnee_id: UUID, seen: ColumnElement[bool]
) -> str:
    """The same under another rule of who may be seen by role."""
    found = await session.scalar(
        select(Enrolment.pseudonym)
        .where(
            Enrolment.returnee_id == returnee_id,
            Enrolment.organisation_id == actor.organisation_id,
            seen_by(actor.staff_id, Enrolment.returnee_id),
            seen,
        )
        .order_by(Enrolment.from_at.desc())
        .limit(at_most(1))
    )
    return found or ""


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
