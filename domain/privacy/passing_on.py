"""Somebody else passes on that a person wants to be forgotten: staff, or the operator."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, aliased

from domain import audit
from domain.actors import Actor, Right
from domain.errors import Refused
from domain.organisations import find_organisation
from domain.privacy.asking import asked_before, cry_of, is_cry_of
from domain.privacy.letting_go import BY_OPERATOR, chat_of_erasure, close_lesser_case
from domain.privacy.staying import (
    ask_anew,
    ask_for_consent_anew,
    open_again,
    take_nothing_for_silence,
)
from domain.returnees.chats import give_phone
from domain.returnees.person import find_returnee, seen_by_role
from domain.staff.accounts import ensure_works_here
from storage.rows import by_name
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.privacy import Erasure, NextErasure, is_of, passed_on
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee
from storage.tables.safeguarding import seen_by


class Reason(StrEnum):
    """How staff know. A code: the audit ledger holds no words."""

    ASKED_IN_PERSON = "asked-in-person"
    ASKED_IN_WRITING = "asked-in-writing"
    NEVER_AGREED = "never-agreed"
    NOT_THEIRS = "not-theirs"


async def pass_on(session: Session, actor: Actor, returnee_id: UUID, reason: Reason) -> None:
    """What the actor's organisation has of this person goes; the person too, where no other
    accompanies them. The tick does it, and the team sees them no more from now on.

    Where another organisation's part is to go and waits, theirs follows it, and neither learns of
    the other. While safeguarding has an open complaint of theirs, it waits, and whoever passed it
    on can't tell: perhaps it is about them. Raises NotAllowed and Refused.
    """
    actor.ensure_may(Right.FORGET_PEOPLE)
    await ensure_works_here(session, actor)
    returnee = await find_returnee(session, actor, returnee_id)
    asked, here = await asked_before(session, returnee), actor.organisation_id
    of_here = asked is not None and asked.organisation_id in (None, here)
    if of_here or await session.get(NextErasure, (returnee_id, here)) is not None:
        raise Refused("That is asked for already.")
    by = {"organisation_id": here, "asked_at": session.now, "asked_by": actor.staff_id}
    if asked is None:
        session.add(Erasure(returnee_id=returnee_id, not_before=session.now, **by))
    else:
        session.add(NextErasure(returnee_id=returnee_id, **by))
    if await cry_of(session, returnee) is None:
        # Another one's goes on: whoever waits there knows nothing of this.
        await close_lesser_case(session, returnee, Case.organisation_id == here)
    audit.done_by(session, actor, "erasure.passed-on", returnee_id, reason=reason)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody who asked to be forgotten, as those see it who may decide."""

    returnee_id: UUID
    pseudonym: str
    asked_at: datetime
    not_before: datetime
    forced: bool
    #: A human looks after their cry for help first.
    cry_open: bool


async def list_leaving(session: Session, actor: Actor) -> list[Leaving]:
    """Of the actor's organisation, the most pressing first. Raises NotAllowed."""
    actor.ensure_may(Right.FORGET_PEOPLE)
    return await _leaving(session, actor)


async def leaving(session: Session, actor: Actor, returnee_id: UUID) -> Leaving | None:
    """Whether this person asked to be forgotten: whoever may see them should know."""
    found = await _leaving(session, actor, Enrolment.returnee_id == returnee_id)
    return found[0] if found else None


def known_to_leave(
    actor: Actor, returnee_id: ColumnElement[UUID] | Mapped[UUID]
) -> ColumnElement[bool]:
    """The same within a query; of what staff passed on, as they still see the person."""
    here = actor.organisation_id
    erasure = aliased(Erasure)
    asked = select(erasure.returnee_id).where(
        erasure.returnee_id == returnee_id, is_of(here, erasure)
    )
    return (asked.exists() | passed_on(here, returnee_id)) & seen_by_role(actor, returnee_id)


async def _leaving(
    session: Session, actor: Actor, *conditions: ColumnElement[bool]
) -> list[Leaving]:
    here, who = actor.organisation_id, Enrolment.returnee_id
    in_its_turn = and_(NextErasure.returnee_id == who, NextErasure.organisation_id == here)
    not_before = func.coalesce(Erasure.not_before, NextErasure.asked_at)
    rows = await session.execute(
        select(
            who,
            Enrolment.pseudonym,
            func.coalesce(Erasure.asked_at, NextErasure.asked_at).label("asked_at"),
            not_before.label("not_before"),
            func.coalesce(Erasure.forced, false()).label("forced"),
            exists().where(is_cry_of(who)).label("cry_open"),
        )
        .outerjoin(Erasure, and_(Erasure.returnee_id == who, is_of(here)))
        .outerjoin(NextErasure, in_its_turn)
        .where(
            Enrolment.organisation_id == here,
            STILL_ENROLLED,
            seen_by(actor.staff_id, who),
            known_to_leave(actor, who),
            *conditions,
        )
        .order_by(not_before)
    )
    return [Leaving(**by_name(row)) for row in rows]


async def erase_now(session: Session, actor: Actor, returnee_id: UUID) -> None:
    """The person meant it: nobody waits any longer. Raises NotAllowed and Refused.

    While safeguarding has an open complaint of theirs it is not brought forward, and whoever wanted
    that can't tell: perhaps it is about them.
    """
    erasure, _ = await _to_decide(session, actor, returnee_id)
    if erasure is not None:
        erasure.forced, erasure.not_before = False, session.now
        if not actor.may(Right.SAFEGUARD):
            erasure.asked_by = actor.staff_id
        audit.done_by(session, actor, "erasure.meant", returnee_id)


async def take_back(session: Session, actor: Actor, returnee_id: UUID) -> bool:
    """The person did not mean it, or changed their mind: what it had ended goes on. Needs the
    service's scope, since that may be another organisation's. Raises NotAllowed and Refused.

    False where their phone has begun anew meanwhile, or no key opens its number: then what is kept
    stays without a phone.
    """
    erasure, returnee = await _to_decide(session, actor, returnee_id)
    following = await session.get(NextErasure, (returnee_id, actor.organisation_id))
    asked_at = min(asked.asked_at for asked in (erasure, following) if asked is not None)
    for asked in (erasure, following):
        if asked is not None:
            await session.delete(asked)
    await session.flush()
    audit.done_by(session, actor, "erasure.taken-back", returnee_id)
    await open_again(session, returnee, asked_at)
    if erasure is None:
        return True
    was_emptied = erasure.forced or erasure.chat is not None
    await take_nothing_for_silence(session, erasure)
    if was_emptied:
        await ask_for_consent_anew(session, returnee)
    is_reached = await _give_back_phone(session, returnee, erasure)
    if is_reached and was_emptied:
        await ask_anew(session, returnee)
    return is_reached


async def _give_back_phone(session: Session, returnee: Returnee, erasure: Erasure) -> bool:
    """Whether they have one now."""
    chat_id = chat_of_erasure(session, erasure)
    if chat_id is None:
        return erasure.chat is None
    try:
        async with session.begin_nested():
            give_phone(session, returnee, chat_id)
            await session.flush()
    except IntegrityError:
        return False
    return True


async def _to_decide(
    session: Session, actor: Actor, returnee_id: UUID
) -> tuple[Erasure | None, Returnee]:
    """Only once somebody has made sure, after they asked, who the person is (P13). What a colleague
    passed on was not the person's own word, and safeguarding takes that back without it; None where
    its turn has not come.
    """
    actor.ensure_may(Right.FORGET_PEOPLE)
    returnee = await find_returnee(session, actor, returnee_id)
    known = select(known_to_leave(actor, Returnee.id)).where(Returnee.id == returnee_id)
    erasure = await session.scalar(
        select(Erasure)
        .where(Erasure.returnee_id == returnee_id, is_of(actor.organisation_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    following = await session.get(NextErasure, (returnee_id, actor.organisation_id))
    asked = erasure or following
    by = asked.asked_by if asked is not None else None
    by_colleague = by is not None and by != actor.staff_id and actor.may(Right.SAFEGUARD)
    their_own_since = erasure.asked_at if erasure is not None and by is None else None
    if not await session.scalar(known) or not (by_colleague or their_own_since):
        raise Refused("They did not ask to be forgotten, or it was taken back.")
    sure_since = returnee.confirmed_at
    if their_own_since and (sure_since is None or sure_since < their_own_since):
        raise Refused("Make sure first that it is them: meet them, or compare the two words.")
    return erasure, returnee


async def erase_by_operator(session: Session, pseudonym: str, organisation: str | None) -> UUID:
    """All of this person, whoever accompanies them; an earlier request becomes this one.

    Returns who it is. Raises Refused. Needs the service's scope.
    """
    enrolment = await _enrolment(session, pseudonym, organisation)
    returnee = await session.get_one(Returnee, enrolment.returnee_id)
    erasure = await asked_before(session, returnee)
    if erasure is None:
        erasure = Erasure(returnee_id=returnee.id, asked_at=session.now)
        session.add(erasure)
    erasure.organisation_id, erasure.asked_by = None, None
    erasure.forced, erasure.not_before = False, session.now
    audit.record(session, enrolment.organisation_id, BY_OPERATOR, subject=returnee.id)
    await session.flush()
    return returnee.id


async def _enrolment(session: Session, pseudonym: str, organisation: str | None) -> Enrolment:
    query = select(Enrolment).where(Enrolment.pseudonym == pseudonym)
    if organisation is not None:
        found = await find_organisation(session, organisation)
        query = query.where(Enrolment.organisation_id == found.id)
    enrolments = (await session.scalars(query)).all()
    if not enrolments:
        raise Refused("There is nobody called {name}.", name=pseudonym)
    if len(enrolments) > 1:
        raise Refused("More than one organisation knows a {name}: name one.", name=pseudonym)
    return enrolments[0]
