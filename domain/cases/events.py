"""A case's history: lines that are only ever added."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, or_, select

from domain import audit
from domain.calendar import minutes_since
from storage.batches import at_most
from storage.kinds import CaseEventKind, CaseState, Severity
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent
from storage.tables.waits import Wait
from storage.wakes import Topic

#: What a person, or the watch over their words, brought into a case, or what a worker made of it.
SIGNALS = (CaseEventKind.OPENED, CaseEventKind.SIGNAL, CaseEventKind.RAISED)
#: What comes into a case by no worker of it: beside words, a press of a button or a silence, also
#: that it is due for a review, or that others whom we asked don't help any more.
SIGNS = (
    *SIGNALS,
    CaseEventKind.CLOSING_WISHED,
    CaseEventKind.OKAY_SAID,
    CaseEventKind.NOT_NOW_SAID,
    CaseEventKind.CHECK_IN_ANSWERED,
    CaseEventKind.CONSENT_TAKEN_BACK,
)
#: Another organisation was asked to help, said no, or helps no longer. Where the newest line, among
#: these and the signals, is one of the last two, the case has come back: nobody else helps.
CAME_BACK = (
    CaseEventKind.REFERRAL_ASKED,
    CaseEventKind.REFERRAL_REJECTED,
    CaseEventKind.REFERRAL_ENDED,
)
#: Since then somebody waits: what was before was closed.
BEGINNINGS = (CaseEventKind.OPENED, CaseEventKind.REOPENED)
#: After these the person waits for anybody again: the case is nobody's.
WENT_BACK = (CaseEventKind.RETURNED, CaseEventKind.RELEASED)
_CAME = (*BEGINNINGS, *WENT_BACK, CaseEventKind.RAISED)
#: Who taps the same button again within this time adds no second line.
ONE_LINE = timedelta(hours=1)


def is_signal(kind: CaseEventKind, severity: Severity | None) -> bool:
    """Whether a line tells why the case is there. The answer to "Is it safe to talk?" lies among
    the same kinds, has no severity, and tells nothing of that (P13).
    """
    return kind in SIGNALS and severity is not None


def are_signals() -> ColumnElement[bool]:
    """`is_signal` within a query."""
    return and_(CaseEvent.kind.in_(SIGNALS), CaseEvent.severity.is_not(None))


def waits_since() -> ColumnElement[datetime | None]:
    """Within a query of cases: since when somebody waits. Until somebody has tried to reach them,
    since a human is owed to them; from then on, in nobody's hands, since the case went back.
    """
    owed = select(func.min(Wait.began_at)).where(
        Case.first_action_at.is_(None),
        Wait.case_id == Case.id,
        Wait.acted_at.is_(None),
        Wait.closed_at.is_(None),
    )
    went_back = and_(
        Case.state == CaseState.OPEN,
        CaseEvent.kind.in_(WENT_BACK),
        CaseEvent.at >= Case.first_action_at,
    )
    began = select(func.max(CaseEvent.at)).where(
        CaseEvent.case_id == Case.id, or_(CaseEvent.kind.in_(BEGINNINGS), went_back)
    )
    return func.coalesce(
        owed.correlate(Case).scalar_subquery(), began.correlate(Case).scalar_subquery()
    )


async def minutes_waited(session: Session, code: str) -> int | None:
    """How long by now; None where no case has that code."""
    waits = select(func.coalesce(waits_since(), Case.opened_at)).where(Case.code == code)
    since = await session.scalar(waits)
    return minutes_since(since, session.now) if since is not None else None


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
    line_id: UUID | None = None,
) -> None:
    """Adds a line, shows it in the queue and, where staff acted, writes it to the audit ledger."""
    session.add(
        CaseEvent(
            id=line_id or uuid4(),
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
    if kind in _CAME:
        case.came_at = session.now
    if staff_id is not None:
        action = f"case.{kind}"
        audit.record(session, case.organisation_id, action, staff_id=staff_id, subject=case.id)
    session.wakes(Topic.CASES)


async def happened_lately(session: Session, case: Case, kind: CaseEventKind) -> bool:
    found = await session.scalar(
        select(CaseEvent.id)
        .where(
            CaseEvent.case_id == case.id,
            CaseEvent.kind == kind,
            CaseEvent.at > session.now - ONE_LINE,
        )
        .limit(at_most(1))
    )
    return found is not None


async def has_reason(session: Session, case: Case, reason: str) -> bool:
    """Whether a line gives it, of those since the case was opened, or last opened again."""
    began = select(func.max(CaseEvent.number)).where(
        CaseEvent.case_id == case.id, CaseEvent.kind.in_(BEGINNINGS)
    )
    found = await session.scalar(
        select(CaseEvent.id)
        .where(
            CaseEvent.case_id == case.id,
            CaseEvent.number >= began.scalar_subquery(),
            CaseEvent.reasons.contains([reason]),
        )
        .limit(at_most(1))
    )
    return found is not None


def audited(session: Session, case: Case, staff_id: UUID | None, what: str) -> None:
    """What is no line of the case's story, only in the audit ledger; None where it follows by
    itself from what somebody did.
    """
    audit.record(session, case.organisation_id, f"case.{what}", staff_id=staff_id, subject=case.id)
    session.wakes(Topic.CASES)
