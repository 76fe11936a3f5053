"""A case's history: lines that are only ever added."""

from collections.abc import Sequence
from uuid import UUID

from domain import audit
from domain.actors import Actor
from storage.cases import Case, CaseEvent
from storage.kinds import CaseEventKind, Severity
from storage.sessions import Session
from storage.wakes import Topic

#: What a person, or the watch over their words, brought into a case.
SIGNALS = (CaseEventKind.OPENED, CaseEventKind.SIGNAL, CaseEventKind.RAISED)
#: The newest of these says whether it came back since, for nobody else helps.
STANDS = (
    *SIGNALS,
    CaseEventKind.REFERRAL_ASKED,
    CaseEventKind.REFERRAL_REJECTED,
    CaseEventKind.REFERRAL_ENDED,
)
#: Since then somebody waits: what was before was closed.
BEGINNINGS = (CaseEventKind.OPENED, CaseEventKind.REOPENED)


def happened(
    session: Session,
    case: Case,
    kind: CaseEventKind,
    *,
    staff_id: UUID | None = None,
    severity: Severity | None = None,
    reasons: Sequence[str] = (),
    decided_by: str | None = None,
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
            decided_by=decided_by,
            body=body,
        )
    )
    if staff_id is not None:
        action = f"case.{kind}"
        audit.record(session, case.organisation_id, action, staff_id=staff_id, subject=case.id)
    session.wakes(Topic.CASES)


def audited(session: Session, case: Case, actor: Actor, what: str) -> None:
    """What staff did that is no line of the case's story: only in the audit ledger."""
    audit.record(
        session, case.organisation_id, f"case.{what}", staff_id=actor.staff_id, subject=case.id
    )
    session.wakes(Topic.CASES)
