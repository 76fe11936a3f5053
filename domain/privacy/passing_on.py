"""Somebody else passes on that a person wants to be forgotten: staff, or the operator."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from domain import audit
from domain.actors import Actor, Right
from domain.errors import Refused
from domain.organisations import find_organisation
from domain.privacy.asking import asked_before
from domain.returnees import find_returnee
from storage.privacy import Erasure
from storage.returnees import Enrolment, Returnee
from storage.sessions import Session


class Reason(StrEnum):
    """How staff know. A code: the audit ledger holds no words."""

    ASKED_IN_PERSON = "asked-in-person"
    ASKED_IN_WRITING = "asked-in-writing"
    NEVER_AGREED = "never-agreed"
    NOT_THEIRS = "not-theirs"


async def pass_on(session: Session, actor: Actor, returnee_id: UUID, reason: Reason) -> None:
    """What the actor's organisation has of this person goes; the person too, where no other
    accompanies them. The tick does it. Raises NotAllowed and Refused.
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
    audit.record(
        session,
        actor.organisation_id,
        "erasure.passed-on",
        staff_id=actor.staff_id,
        subject=returnee_id,
        reason=reason,
    )


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
    audit.record(session, enrolment.organisation_id, "erasure.by-operator", subject=returnee.id)
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
