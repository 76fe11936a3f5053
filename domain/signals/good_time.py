"""What somebody answers who was asked whether it is safe to talk now."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from domain.cases.events import ONE_LINE, happened
from domain.errors import Refused
from domain.safety.rejudging import count_as_written
from domain.signals.opening import hear
from storage.batches import at_most
from storage.kinds import CaseEventKind, CaseState
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent
from storage.tables.returnees import Returnee


class GoodTime(StrEnum):
    NOW = "now"
    LATER = "later"
    NO = "no"


async def say_when(session: Session, returnee: Returnee, case_id: UUID, answer: GoodTime) -> None:
    """The worker reads it in the case. "Now" asks for their words, like a message would.

    It says nothing of how they are (P13). Raises Refused for somebody else's case; for a closed
    one nothing happens.
    """
    case = await session.scalar(
        select(Case).where(Case.id == case_id, Case.returnee_id == returnee.id).with_for_update()
    )
    if case is None:
        raise Refused("There is no such question for this person.")
    if case.state is CaseState.RESOLVED:
        return
    reasons = [f"talk.{answer}"]
    if await _answered_last(session, case) != reasons:
        happened(session, case, CaseEventKind.SIGNAL, reasons=reasons)
    if answer is GoodTime.NOW:
        count_as_written(session, returnee)
        await hear(session, case)


async def _answered_last(session: Session, case: Case) -> list[str] | None:
    """Tapped again and again, the same answer makes no line each."""
    return await session.scalar(
        select(CaseEvent.reasons)
        .where(
            CaseEvent.case_id == case.id,
            CaseEvent.kind == CaseEventKind.SIGNAL,
            CaseEvent.severity.is_(None),
            CaseEvent.at > session.now - ONE_LINE,
        )
        .order_by(CaseEvent.number.desc())
        .limit(at_most(1))
    )
