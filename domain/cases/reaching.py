"""Somebody tries to reach the person: that stops the clocks (P2), and its line says which."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from domain.actors import Actor
from domain.cases import states
from domain.cases.clock import wind
from domain.cases.events import happened
from storage.batches import at_most
from storage.kinds import CaseEventKind, CaseState
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent

# The code in an attempt's line of what it stopped; one that stopped nothing has none.
_STOPPED = {CaseState.CLAIMED: "stopped.claim", CaseState.SNOOZED: "stopped.snooze"}


async def reached_out(
    session: Session,
    actor: Actor,
    case: Case,
    reasons: Sequence[str],
    body: bytes | None = None,
    line_id: UUID | None = None,
) -> None:
    """Of a case that is locked."""
    stopped = [_STOPPED[case.state]] if case.state in _STOPPED else []
    states.acted(case, session.now)
    happened(
        session,
        case,
        CaseEventKind.REACHED_OUT,
        staff_id=actor.staff_id,
        reasons=[*reasons, *stopped],
        body=body,
        line_id=line_id,
    )
    await wind(session, case)


async def last_stop(session: Session, case: Case) -> tuple[datetime, CaseState] | None:
    """When an attempt last stopped something, and in which state the case was before it."""
    found = await session.execute(
        select(CaseEvent.at, CaseEvent.reasons)
        .where(
            CaseEvent.case_id == case.id,
            or_(*(CaseEvent.reasons.contains([code]) for code in _STOPPED.values())),
        )
        .order_by(CaseEvent.number.desc())
        .limit(at_most(1))
    )
    for at, reasons in found:
        return at, next(state for state, code in _STOPPED.items() if code in reasons)
    return None
