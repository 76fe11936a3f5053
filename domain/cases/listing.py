"""Cases for the operator: codes and states, nothing about persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.cases.events import are_signals
from storage.kinds import CaseState, Severity
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case, CaseEvent


@dataclass(frozen=True, slots=True)
class CaseLine:
    code: str
    severity: Severity
    state: CaseState
    opened_at: datetime
    signals: int


async def list_cases(session: Session, *, resolved: bool) -> Sequence[CaseLine]:
    """Every organisation's cases that the scope may see, the newest last."""
    signals = (
        select(func.count()).where(CaseEvent.case_id == Case.id, are_signals()).scalar_subquery()
    )
    query = select(Case, signals).order_by(Case.opened_at)
    if not resolved:
        query = query.where(UNRESOLVED)
    return [
        CaseLine(case.code, case.severity, case.state, case.opened_at, count)
        for case, count in await session.execute(query)
    ]
