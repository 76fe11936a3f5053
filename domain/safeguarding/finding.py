"""Whose complaint it is to hear, and finding it for them (P10)."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Mapped, aliased

from domain.actors import Actor, Right
from domain.errors import Refused
from domain.returnees.person import seen_by_role
from domain.staff.accounts import ensure_works_here
from storage.kinds import Role
from storage.sessions import Session
from storage.tables.safeguarding import Complaint, ComplaintMessage, Conflict, seen_by
from storage.tables.staff import Staff


def heard_by(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """The same who are alerted: never whoever must not see the person, nor before it has words."""
    lead = aliased(Staff)
    stands_apart = exists().where(
        Conflict.staff_id == lead.id,
        Conflict.returnee_id == Complaint.returnee_id,
        Conflict.ended_at.is_(None),
    )
    a_lead_hears = exists().where(
        lead.organisation_id == Complaint.organisation_id,
        lead.role == Role.SAFEGUARDING,
        lead.disabled_at.is_(None),
        ~stands_apart,
    )
    for_me = (
        ~Complaint.past_lead
        if actor.role is Role.SAFEGUARDING
        else or_(Complaint.past_lead, ~a_lead_hears)
    )
    return (
        Complaint.organisation_id == actor.organisation_id,
        seen_by(actor.staff_id, Complaint.returnee_id),
        exists().where(ComplaintMessage.complaint_id == Complaint.id),
        for_me,
    )


def may_know_of(
    actor: Actor, returnee_id: ColumnElement[UUID] | Mapped[UUID]
) -> ColumnElement[bool]:
    """Within a query of people: also of one whom the actor had forgotten, as long as there is a
    complaint of theirs to hear.
    """
    seen = seen_by_role(actor, returnee_id)
    if not actor.may(Right.SAFEGUARD):
        return seen
    return seen | exists().where(
        Complaint.returnee_id == returnee_id, Complaint.closed_at.is_(None), *heard_by(actor)
    )


async def find_complaint(
    session: Session, actor: Actor, complaint_id: UUID, *which: ColumnElement[bool]
) -> Complaint:
    """Locked. Raises NotAllowed or Refused."""
    actor.ensure_may(Right.SAFEGUARD)
    it = (Complaint.id == complaint_id, *which)
    # By itself: whoever waited for it may hear nothing of the person any more.
    ours = Complaint.organisation_id == actor.organisation_id
    await session.execute(select(Complaint.id).where(*it, ours).with_for_update())
    query = select(Complaint).where(*it, *heard_by(actor))
    complaint = await session.scalar(query.execution_options(populate_existing=True))
    if complaint is None:
        raise Refused("There is no such complaint.")
    return complaint


async def find_open_complaint(session: Session, actor: Actor, complaint_id: UUID) -> Complaint:
    """The same, unless it is closed."""
    # Whoever ends their access looks for their complaints once they have locked them.
    await ensure_works_here(session, actor)
    return await find_complaint(session, actor, complaint_id, Complaint.closed_at.is_(None))
