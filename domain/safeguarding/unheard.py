"""Complaints that went with a forgotten person before anybody closed them.

That there was one stays in the ledger: nothing of whom, or of what they said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from domain import audit
from domain.actors import Actor, Right
from storage.kinds import ComplaintKind, Role, Severity
from storage.sessions import Session
from storage.tables.audit import COMPLAINT_GONE, AuditEntry
from storage.tables.safeguarding import Complaint, Conflict, open_complaints
from storage.tables.staff import Staff

_LOOKS_BACK = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Unheard:
    at: datetime
    #: The one that safeguarding was alerted with.
    code: str
    kind: ComplaintKind
    severity: Severity


async def write_down_unheard(
    session: Session, returnee_id: UUID, organisation_id: UUID | None
) -> None:
    """Before they go: those of one organisation, or all. Needs the service's scope."""
    found = select(Complaint).where(Complaint.id.in_(open_complaints(returnee_id)))
    if organisation_id is not None:
        found = found.where(Complaint.organisation_id == organisation_id)
    for complaint in (await session.scalars(found)).all():
        apart = await _kept_apart(session, complaint)
        audit.record(
            session,
            complaint.organisation_id,
            COMPLAINT_GONE,
            subject=complaint.id,
            code=complaint.code,
            kind=complaint.kind,
            severity=complaint.severity,
            past_lead=complaint.past_lead or Role.SAFEGUARDING in apart.values(),
            apart=[str(staff_id) for staff_id in apart],
        )


async def unheard_lately(session: Session, actor: Actor) -> Sequence[Unheard]:
    """The newest first; to nobody who might not have heard it (P10). Raises NotAllowed."""
    actor.ensure_may(Right.SAFEGUARD)
    lines = await session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.organisation_id == actor.organisation_id,
            AuditEntry.action == COMPLAINT_GONE,
            AuditEntry.at >= session.now - _LOOKS_BACK,
        )
        .order_by(AuditEntry.at.desc())
    )
    past_lead = actor.role is not Role.SAFEGUARDING
    return [
        Unheard(
            line.at,
            line.detail["code"],
            ComplaintKind(line.detail["kind"]),
            Severity(line.detail["severity"]),
        )
        for line in lines
        if line.detail["past_lead"] is past_lead and str(actor.staff_id) not in line.detail["apart"]
    ]


async def _kept_apart(session: Session, complaint: Complaint) -> dict[UUID, Role]:
    """Who of the staff must see nothing of that person, and so nothing of this either."""
    rows = await session.execute(
        select(Staff.id, Staff.role)
        .join(Conflict, Conflict.staff_id == Staff.id)
        .where(Conflict.returnee_id == complaint.returnee_id, Conflict.ended_at.is_(None))
    )
    return dict(rows.all())
