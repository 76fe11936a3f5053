"""Children for whom somebody was named who is no longer there: no check-in asks them, and whoever
could name somebody else must know.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select

from domain.actors import Actor, Right
from domain.channels.reaching import reach_staff
from domain.children.deciding import OwnDecision, are_protected
from domain.children.focal_point import focal_points
from domain.children.known import are_known_children
from domain.notices import Notice
from domain.returnees.person import seen_by_role
from storage.rows import by_name
from storage.sessions import Session
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee
from storage.tables.safeguarding import seen_by
from storage.tables.staff import Staff


@dataclass(frozen=True, slots=True)
class LeftChild:
    id: UUID
    pseudonym: str


async def left_children(session: Session, actor: Actor) -> list[LeftChild]:
    """By pseudonym: children of the actor's organisation, whoever else looks after them elsewhere.
    Needs the service's scope. Raises NotAllowed.
    """
    actor.ensure_may(Right.DECIDE_FOR_CHILDREN)
    named = exists().where(
        OwnDecision.returnee_id == Returnee.id,
        OwnDecision.organisation_id == Enrolment.organisation_id,
    )
    found = await session.execute(
        select(Returnee.id, Enrolment.pseudonym)
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(
            Enrolment.organisation_id == actor.organisation_id,
            STILL_ENROLLED,
            are_known_children(),
            named,
            ~are_protected(Enrolment.organisation_id),
            seen_by_role(actor, Returnee.id),
            seen_by(actor.staff_id, Returnee.id),
        )
        .order_by(Enrolment.pseudonym)
    )
    return [LeftChild(**by_name(row)) for row in found]


async def call_for_another_worker(session: Session, staff: Staff) -> None:
    """Whoever has just left was named for children: those who hear of a child are told, once, and
    not of whom. Needs the service's scope.
    """
    children = await session.scalars(
        select(Returnee.id)
        .join(OwnDecision, OwnDecision.returnee_id == Returnee.id)
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(
            OwnDecision.worker_id == staff.id,
            Enrolment.organisation_id == staff.organisation_id,
            STILL_ENROLLED,
            are_known_children(),
        )
    )
    called = [
        each
        for child in children.all()
        for each in await focal_points(session, staff.organisation_id, child)
    ]
    await reach_staff(session, staff.organisation_id, called, Notice.STAFF_LEFT_CHILDREN, {})
