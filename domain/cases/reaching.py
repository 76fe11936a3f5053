"""Somebody tries to reach the person: that stops the clocks (P2), and its line says which."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from domain.actors import Actor
from domain.cases import states
from domain.cases.clock import wind
from domain.cases.events import happened
from storage.batches import at_most
from storage.kinds import CaseEventKind, CaseState, Direction, OutboxState
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.outbox import OutboxRow

#: The code of a question whether it is safe to talk.
TALK = "talk"
#: The code of the answer that it is.
TALK_NOW = "talk.now"

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


async def attempts(session: Session, case: Case) -> list[datetime]:
    """When somebody tried to reach the person, and neither took it back nor was it in vain."""
    words = await session.scalars(
        select(Message.at).where(
            Message.case_id == case.id,
            Message.direction == Direction.TO_RETURNEE,
            ~Message.planned,
            ~_failed(OutboxRow.id == Message.outbox_id),
        )
    )
    asked = await session.scalars(
        select(CaseEvent.at).where(
            CaseEvent.case_id == case.id,
            CaseEvent.reasons.contains([TALK]),
            ~_asked_in_vain(case),
        )
    )
    return [*words, *asked]


def _asked_in_vain(case: Case) -> ColumnElement[bool]:
    """Of a question whether it is safe to talk. One that is asked again while it waits has no row
    of its own, and comes to what becomes of the first.
    """
    of_case, begun = OutboxRow.case_id == case.id, OutboxRow.created_at
    own = exists().where(of_case, begun == CaseEvent.at)
    waited = _failed(of_case, begun < CaseEvent.at, OutboxRow.finished_at >= CaseEvent.at)
    return or_(_failed(of_case, begun == CaseEvent.at), and_(~own, waited))


def _failed(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(*which, OutboxRow.state == OutboxState.FAILED)
