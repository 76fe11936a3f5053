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
from domain.safeguarding.listening import listeners_of
from storage.kinds import ComplaintKind, Role, Severity
from storage.sessions import Session
from storage.tables.audit import COMPLAINT_GONE, AuditEntry
from storage.tables.safeguarding import Complaint, kept_from, open_complaints

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
        listeners = await listeners_of(
            session, complaint.organisation_id, returnee_id, past_lead=complaint.past_lead
        )
        apart = await session.scalars(kept_from(returnee_id))
        audit.record(
            session,
            complaint.organisation_id,
            COMPLAINT_GONE,
            subject=complaint.id,
            code=complaint.code,
            kind=complaint.kind,
            severity=complaint.severity,
            past_lead=all(staff.role is not Role.SAFEGUARDING for staff in listeners),
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
