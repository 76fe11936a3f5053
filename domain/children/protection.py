"""Children: whoever is one, or says so. A human decides first, and family is never told.

No check-ins before a named worker looks after the child here, and it is written down why check-ins
are in the child's best interests.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from domain import audit
from domain.actors import Actor, Right
from domain.distress import Assessment
from domain.errors import Refused
from domain.marks import N_
from domain.returnees.keys import data_key, legible_of
from domain.returnees.person import find_returnee
from domain.staff.colleagues import with_roles
from storage.batches import at_most
from storage.kinds import AgeBand, Role, Severity
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.returnees import (
    STILL_ENROLLED,
    ChildDecision,
    ChildProtection,
    Enrolment,
    Returnee,
)
from storage.tables.safeguarding import clear_of
from storage.tables.staff import Staff, works_for

AGES = {
    AgeBand.UNKNOWN: N_("Age not known"),
    AgeBand.ADULT: N_("18 or older"),
    AgeBand.YOUTH: N_("15 to 17"),
    AgeBand.CHILD: N_("Under 15"),
}
_BANDS = (AgeBand.CHILD, AgeBand.YOUTH)
_CONTEXT = "best interests"
_FOCAL_POINT = "child_focal_point"
#: What the watch gives as its reason when somebody says that they are a child.
SAYS_CHILD = "minor"
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


def says_child(severity: Severity, reasons: Sequence[str]) -> bool:
    """Whether the watch heard that somebody is a child, and not only of one: whatever lowers the
    reason follows it.
    """
    kinds = [reason.partition(".")[0] for reason in reasons]
    in_full = any(kind == SAYS_CHILD and after != "scope" for kind, after in pairwise([*kinds, ""]))
    return severity.rank >= Severity.URGENT.rank and in_full


def of_a_child(heard: Assessment) -> Assessment:
    """The same, once a message has said how young they are."""
    severity = max(heard.severity, Severity.URGENT, key=lambda level: level.rank)
    reasons = (*heard.reasons, f"{SAYS_CHILD}.age")
    return replace(heard, severity=severity, ask=False, reasons=reasons)


def is_child(returnee: Returnee) -> bool:
    """As the team knows, or as they said in confidence."""
    return is_known_child(returnee) or returnee.child_in is not None


def is_known_child(returnee: Returnee) -> bool:
    """Staff say so, or they did themselves and nobody has found out yet."""
    return returnee.age_band in _BANDS or returnee.said_child_at is not None


def are_known_children() -> ColumnElement[bool]:
    """The same within a query of returnees."""
    return or_(Returnee.age_band.in_(_BANDS), Returnee.said_child_at.is_not(None))


def is_child_in_confidence(returnee: Returnee) -> bool:
    """Nobody in the team may learn it: what children are not asked, they are not asked as if they
    had not agreed.
    """
    return returnee.child_in is not None and not is_known_child(returnee)


def are_children_in_confidence() -> ColumnElement[bool]:
    """The same within a query of returnees."""
    return and_(Returnee.child_in.is_not(None), ~are_known_children())


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


async def mark_age(
    session: Session,
    actor: Actor,
    returnee_id: UUID,
    band: AgeBand,
    *,
    knows_what_they_say: bool = True,
) -> None:
    """How old somebody is, as staff found out. Anybody may say that it is a child; that it is none
    after all, only those who decide for children, and who know that the person says otherwise.
    Where nobody knows, what they said themselves holds. Raises NotAllowed and Refused.
    """
    returnee = await find_returnee(session, actor, returnee_id)
    if band not in _BANDS and is_known_child(returnee):
        actor.ensure_may(Right.DECIDE_FOR_CHILDREN)
    if band is AgeBand.ADULT and returnee.said_child_at is not None and not knows_what_they_say:
        raise Refused("Somebody changed this meanwhile. Look at it again.")
    returnee.age_band = band
    if band is not AgeBand.UNKNOWN:
        returnee.said_child_at = None
        if actor.may(Right.SAFEGUARD):
            returnee.child_in = None
    audit.done_by(session, actor, "person.age", returnee.id, band=band)


async def decide(
    session: Session, actor: Actor, returnee_id: UUID, worker_id: UUID, decision: str
) -> None:
    """Who looks after this child, and why check-ins are in its best interests.

    Raises NotAllowed and Refused.
    """
    actor.ensure_may(Right.DECIDE_FOR_CHILDREN)
    returnee = await find_returnee(session, actor, returnee_id)
    await _colleague(session, actor, worker_id, child_id=returnee.id)
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


async def focal_points(session: Session, organisation_id: UUID, child_id: UUID) -> list[Staff]:
    """Who hears of a child at once: whoever the organisation named, or else its supervisors; never
    somebody who must not know of that child.
    """
    organisation = await session.get_one(Organisation, organisation_id)
    named = organisation.settings.get(_FOCAL_POINT)
    if named is not None:
        found = await session.scalar(
            select(Staff).where(
                works_for(organisation_id), clear_of(child_id), Staff.id == UUID(named)
            )
        )
        if found is not None:
            return [found]
    return await with_roles(session, organisation_id, child_id, Role.SUPERVISOR)


async def name_focal_point(session: Session, actor: Actor, staff_id: UUID | None) -> None:
    """Raises NotAllowed and Refused."""
    actor.ensure_may(Right.MANAGE_STAFF)
    if staff_id is not None:
        await _colleague(session, actor, staff_id)
    organisation = await session.get_one(
        Organisation, actor.organisation_id, with_for_update=True, populate_existing=True
    )
    named = {_FOCAL_POINT: str(staff_id) if staff_id is not None else None}
    organisation.settings = {**organisation.settings, **named}
    audit.done_by(session, actor, "organisation.child-focal-point", staff_id)


def named_focal_point(organisation: Organisation) -> UUID | None:
    named = organisation.settings.get(_FOCAL_POINT)
    return UUID(named) if named is not None else None


async def _colleague(
    session: Session, actor: Actor, staff_id: UUID, *, child_id: UUID | None = None
) -> None:
    """Their access does not end before they are named. Raises Refused."""
    found = await session.scalar(
        select(Staff.id)
        .where(
            Staff.id == staff_id,
            works_for(actor.organisation_id),
            clear_of(child_id) if child_id is not None else true(),
        )
        .with_for_update(read=True, key_share=True)
    )
    if found is None:
        raise Refused("Choose somebody of your team.")
