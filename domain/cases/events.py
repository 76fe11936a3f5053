"""A case's history: lines that are only ever added."""

from collections.abc import Sequence
from uuid import UUID

from domain import audit
from storage.cases import Case, CaseEvent
from storage.kinds import CaseEventKind, Severity
from storage.sessions import Session
from storage.wakes import Topic


def happened(
    session: Session,
    case: Case,
    kind: CaseEventKind,
    *,
    staff_id: UUID | None = None,
    severity: Severity | None = None,
    reasons: Sequence[str] = (),
    body: bytes | None = None,
) -> None:
    """Adds a line, shows it in the queue and, where staff acted, writes it to the audit ledger."""
    session.add(
        CaseEvent(
            case_id=case.id,
            organisation_id=case.organisation_id,
            kind=kind,
            at=session.now,
            staff_id=staff_id,
            severity=severity,
            reasons=list(reasons),
            body=body,
        )
    )
    if staff_id is not None:
        action = f"case.{kind}"
        audit.record(session, case.organisation_id, action, staff_id=staff_id, subject=case.id)
    session.wakes(Topic.CASES)
