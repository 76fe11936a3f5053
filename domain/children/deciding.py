"""No check-ins with a child before a named worker looks after it here, and it is written down why
check-ins are in its best interests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from domain import audit
from domain.actors import Actor, Right
from domain.duty.team import ensure_can_be_on_duty
from domain.errors import Refused
from domain.returnees.keys import data_key, legible_of
from domain.returnees.person import find_returnee
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.returnees import (
    STILL_ENROLLED,
    ChildDecision,
    ChildProtection,
    Enrolment,
    Returnee,
)
from storage.tables.safeguarding import clear_of
from storage.tables.staff import Staff

_CONTEXT = "best interests"
#: What each organisation has decided. What an earlier release wrote, one for all of them, is that
#: of the organisation whose worker it names (decision 0104).
OwnDecision = aliased(
    ChildDecision,
    union_all(
        select(ChildDecision),
        select(
            ChildProtection.returnee_id,
            Staff.organisation_id,
            ChildProtection.worker_id,
            ChildProtection.decision,
            ChildProtection.decided_at,
            ChildProtection.decided_by,
        ).join(Staff, Staff.id == ChildProtection.worker_id),
    ).subquery("own_decision"),
)


@dataclass(frozen=True, slots=True)
class Decided:
    worker: Staff
    reasons: str
    at: datetime


def are_protected(by: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Within a query of returnees, and of what belongs to the organisation in this column: a named
    worker of that organisation looks after them, and it has a decision of its own.
    """
    decided = OwnDecision.returnee_id == Returnee.id, OwnDecision.organisation_id == by
    return exists().where(*decided, *_looks_after()).correlate(Returnee, by.class_)


def _looks_after() -> tuple[ColumnElement[bool], ...]:
    """Within a query of these decisions: whoever is named is still at work with the child, and was
    not set apart from it since.
    """
    child = OwnDecision.returnee_id
    accompanies = exists().where(
        Enrolment.returnee_id == child,
        Enrolment.organisation_id == OwnDecision.organisation_id,
        STILL_ENROLLED,
    )
    at_work = (Staff.id == OwnDecision.worker_id, Staff.disabled_at.is_(None))
    return (*at_work, clear_of(child), accompanies)


async def protecting(session: Session, child_id: UUID) -> set[UUID]:
    """The organisations that may ask this child: each has named who looks after it, and decided."""
    found = await session.scalars(
        select(OwnDecision.organisation_id).where(
            OwnDecision.returnee_id == child_id, *_looks_after()
        )
    )
    return set(found)


async def decision_of(session: Session, organisation_id: UUID, child_id: UUID) -> Decided | None:
    """Of this organisation; None where whoever is named looks after the child no more."""
    found = await session.execute(
        select(Staff, OwnDecision.decision, OwnDecision.decided_at)
        .where(
            OwnDecision.returnee_id == child_id,
            OwnDecision.organisation_id == organisation_id,
            *_looks_after(),
        )
        .order_by(OwnDecision.decided_at.desc())
        .limit(at_most(1))
    )
    row = found.one_or_none()
    if row is None:
        return None
    worker, sealed, at = row
    return Decided(worker, await legible_of(session, child_id, sealed, _CONTEXT), at)


async def decide(
    session: Session, actor: Actor, returnee_id: UUID, worker_id: UUID, decision: str
) -> None:
    """Who looks after this child, and why check-ins are in its best interests.

    Raises NotAllowed and Refused.
    """
    actor.ensure_may(Right.DECIDE_FOR_CHILDREN)
    returnee = await find_returnee(session, actor, returnee_id)
    await ensure_can_be_on_duty(session, actor, worker_id, for_person=returnee.id)
    if not decision.strip():
        raise Refused("Write down why check-ins are in the child's best interests.")
    key = await data_key(session, returnee.id)
    await session.merge(
        ChildDecision(
            returnee_id=returnee.id,
            organisation_id=actor.organisation_id,
            worker_id=worker_id,
            decision=key.seal(decision.strip(), _CONTEXT),
            decided_at=session.now,
            decided_by=actor.staff_id,
        )
    )
    await _forget_earlier(session, returnee.id, actor.organisation_id)
    audit.done_by(session, actor, "child.decided", returnee.id, worker=str(worker_id))


async def withdraw_decision(session: Session, actor: Actor, returnee_id: UUID) -> None:
    """No check-ins of theirs any more. Raises NotAllowed and Refused."""
    actor.ensure_may(Right.DECIDE_FOR_CHILDREN)
    returnee = await find_returnee(session, actor, returnee_id)
    if await forget_decision(session, returnee.id, actor.organisation_id):
        audit.done_by(session, actor, "child.decision-withdrawn", returnee.id)


async def forget_decision(session: Session, child_id: UUID, organisation_id: UUID) -> bool:
    """What this organisation decided, and no other; whether there was anything."""
    own = ChildDecision.organisation_id == organisation_id
    gone = await _delete(session, ChildDecision, child_id, own)
    earlier = await _forget_earlier(session, child_id, organisation_id)
    return bool(gone or earlier)


async def forget_decisions(session: Session, child_id: UUID) -> None:
    """Of all organisations: this is no child any more. Needs the service's scope."""
    await _delete(session, ChildDecision, child_id)
    await _delete(session, ChildProtection, child_id)


async def _forget_earlier(
    session: Session, child_id: UUID, organisation_id: UUID
) -> Sequence[UUID]:
    colleagues = select(Staff.id).where(Staff.organisation_id == organisation_id)
    own = ChildProtection.worker_id.in_(colleagues)
    return await _delete(session, ChildProtection, child_id, own)


async def _delete(
    session: Session,
    table: type[ChildDecision] | type[ChildProtection],
    child_id: UUID,
    *which: ColumnElement[bool],
) -> Sequence[UUID]:
    gone = await session.scalars(
        delete(table).where(table.returnee_id == child_id, *which).returning(table.returnee_id)
    )
    return gone.all()
