"""Somebody else passes on that a person wants to be forgotten: staff, or the operator."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped

from domain import audit
from domain.actors import Actor, Right
from domain.errors import Refused
from domain.organisations import find_organisation
from domain.privacy.asking import (
    BY_OPERATOR,
    asked_before,
    chat_of_erasure,
    close_lesser_case,
    is_cry_of,
    open_case,
)
from domain.returnees.chats import give_phone
from domain.returnees.person import find_returnee
from storage.sessions import Session
from storage.tables.privacy import Erasure, gone_for_the_team, is_of
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee
from storage.tables.safeguarding import Complaint, open_complaints, seen_by


class Reason(StrEnum):
    """How staff know. A code: the audit ledger holds no words."""

    ASKED_IN_PERSON = "asked-in-person"
    ASKED_IN_WRITING = "asked-in-writing"
    NEVER_AGREED = "never-agreed"
    NOT_THEIRS = "not-theirs"


async def pass_on(session: Session, actor: Actor, returnee_id: UUID, reason: Reason) -> None:
    """What the actor's organisation has of this person goes; the person too, where no other
    accompanies them. The tick does it, and the team sees them no more from now on.

    While safeguarding has an open complaint of theirs, it waits, and whoever passed it on can't
    tell: perhaps it is about them. Raises NotAllowed and Refused.
    """
    actor.ensure_may(Right.FORGET_PEOPLE)
    returnee = await find_returnee(session, actor, returnee_id)
    if await asked_before(session, returnee) is not None:
        raise Refused("That is asked for already.")
    session.add(
        Erasure(
            returnee_id=returnee_id,
            organisation_id=actor.organisation_id,
            asked_at=session.now,
            asked_by=actor.staff_id,
            not_before=session.now,
        )
    )
    if await open_case(session, returnee) is None:
        await close_lesser_case(session, returnee)
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
    case_open: bool


async def list_leaving(session: Session, actor: Actor) -> list[Leaving]:
    """Of the actor's organisation, the most pressing first. Raises NotAllowed."""
    actor.ensure_may(Right.FORGET_PEOPLE)
    return await _leaving(session, actor)


async def leaving(session: Session, actor: Actor, returnee_id: UUID) -> Leaving | None:
    """Whether this person asked to be forgotten: whoever may see them should know."""
    found = await _leaving(session, actor, Erasure.returnee_id == returnee_id)
    return found[0] if found else None


def known_to_leave(
    actor: Actor, returnee_id: ColumnElement[UUID] | Mapped[UUID]
) -> ColumnElement[bool]:
    """The same within a query."""
    return (
        select(Erasure.returnee_id)
        .where(Erasure.returnee_id == returnee_id, _shown_to(actor))
        .exists()
    )


async def _leaving(
    session: Session, actor: Actor, *conditions: ColumnElement[bool]
) -> list[Leaving]:
    cries = exists().where(is_cry_of(Erasure.returnee_id))
    rows = await session.execute(
        select(Erasure, Enrolment.pseudonym, cries)
        .join(Enrolment, Enrolment.returnee_id == Erasure.returnee_id)
        .where(
            Enrolment.organisation_id == actor.organisation_id,
            STILL_ENROLLED,
            seen_by(actor.staff_id, Erasure.returnee_id),
            _shown_to(actor),
            *conditions,
        )
        .order_by(Erasure.not_before)
    )
    return [
        Leaving(
            erasure.returnee_id,
            pseudonym,
            erasure.asked_at,
            erasure.not_before,
            erasure.forced,
            case_open,
        )
        for erasure, pseudonym, case_open in rows
    ]


def _shown_to(actor: Actor) -> ColumnElement[bool]:
    """What staff passed on waits for safeguarding there alone, and never before whoever passed it
    on, nor before a lead whom a complaint goes past.
    """
    here, who = actor.organisation_id, Erasure.returnee_id
    known = Erasure.asked_by.is_(None) | ~gone_for_the_team(here, who)
    if actor.may(Right.SAFEGUARD):
        past_lead = open_complaints(who).where(Complaint.past_lead)
        known |= (Erasure.asked_by != actor.staff_id) & ~past_lead.exists()
    return is_of(here) & known


async def erase_now(session: Session, actor: Actor, returnee_id: UUID) -> None:
    """The person meant it: nobody waits any longer. Raises NotAllowed and Refused.

    While safeguarding has an open complaint of theirs it is not brought forward, and whoever wanted
    that can't tell: perhaps it is about them.
    """
    erasure, _ = await _to_decide(session, actor, returnee_id)
    erasure.forced, erasure.not_before = False, session.now
    if not actor.may(Right.SAFEGUARD):
        erasure.asked_by = actor.staff_id
    audit.done_by(session, actor, "erasure.meant", returnee_id)


async def take_back(session: Session, actor: Actor, returnee_id: UUID) -> bool:
    """The person did not mean it, or changed their mind. Raises NotAllowed and Refused.

    False where their phone has begun anew meanwhile, or no key opens its number: then what is kept
    stays without a phone.
    """
    erasure, returnee = await _to_decide(session, actor, returnee_id)
    was_let_go, chat_id = erasure.chat is not None, chat_of_erasure(session, erasure)
    await session.delete(erasure)
    audit.done_by(session, actor, "erasure.taken-back", returnee_id)
    await session.flush()
    if chat_id is None:
        return not was_let_go
    try:
        async with session.begin_nested():
            give_phone(session, returnee, chat_id)
            await session.flush()
    except IntegrityError:
        return False
    return True


async def _to_decide(session: Session, actor: Actor, returnee_id: UUID) -> tuple[Erasure, Returnee]:
    """Only once somebody has made sure, after they asked, who the person is (P13). What a colleague
    passed on was not the person's own word, and safeguarding takes that back without it.
    """
    actor.ensure_may(Right.FORGET_PEOPLE)
    returnee = await find_returnee(session, actor, returnee_id)
    erasure = await session.scalar(
        select(Erasure)
        .where(Erasure.returnee_id == returnee_id, is_of(actor.organisation_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if erasure is None:
        raise Refused("They did not ask to be forgotten, or it was taken back.")
    passed_on = erasure.asked_by is not None
    if passed_on and (not actor.may(Right.SAFEGUARD) or erasure.asked_by == actor.staff_id):
        raise Refused("They did not ask to be forgotten, or it was taken back.")
    surely_them = returnee.confirmed_at is not None and returnee.confirmed_at >= erasure.asked_at
    if not passed_on and not surely_them:
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
    erasure.organisation_id, erasure.forced, erasure.not_before = None, False, session.now
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
