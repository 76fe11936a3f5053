"""Writing a line into the audit ledger."""

from typing import Any
from uuid import UUID

from domain.actors import By
from storage.sessions import Session
from storage.tables.audit import AuditEntry


def record(
    session: Session,
    organisation_id: UUID,
    action: str,
    *,
    staff_id: UUID | None = None,
    subject: UUID | None = None,
    **detail: Any,
) -> None:
    """A line in the audit ledger, in the same transaction as what it tells of.

    `action` is a code such as "case.claimed"; `detail` holds codes and counts, never words.
    """
    session.add(
        AuditEntry(
            organisation_id=organisation_id,
            at=session.now,
            staff_id=staff_id,
            action=action,
            subject=subject,
            detail=detail,
        )
    )


def done_by(
    session: Session, actor: By, action: str, subject: UUID | None = None, **detail: Any
) -> None:
    """As `record`, for what somebody did for their own organisation."""
    organisation_id = actor.organisation_id
    record(session, organisation_id, action, staff_id=actor.staff_id, subject=subject, **detail)
