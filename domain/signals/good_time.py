"""What somebody answers who was asked whether it is safe to talk now."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from domain.cases.events import ONE_LINE, happened
from domain.consent.reading import wants_no_reader
from domain.errors import Refused
from domain.returnees.person import lock_person
from domain.safety.rejudging import count_as_written
from domain.signals.opening import current_case, hear
from storage.batches import at_most
from storage.kinds import CaseEventKind, CaseState
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent
from storage.tables.returnees import Returnee


class GoodTime(StrEnum):
    NOW = "now"
    LATER = "later"
    NO = "no"


async def say_when(session: Session, returnee: Returnee, case_id: UUID, answer: GoodTime) -> bool:
    """The worker reads it in the case. "Now" asks for their words, like a message would, also where
    a colleague has closed the case since. False where it waits for somebody whom it calls no more.

    It says nothing of how they are (P13). Raises Refused for somebody else's case. Needs the
    service's scope.
    """
    asked = await _asked_in(session, returnee, case_id)
    is_closed = asked.state is CaseState.RESOLVED
    case = await _opened_by(session, returnee, answer) if is_closed else asked
    if case is None:
        return answer is not GoodTime.NOW
    reasons = [f"talk.{answer}"]
    if await _answered_last(session, case) != reasons:
        happened(session, case, CaseEventKind.SIGNAL, reasons=reasons)
    if answer is GoodTime.NOW:
        count_as_written(session, returnee)
        await hear(session, case)
    return True


async def _asked_in(session: Session, returnee: Returnee, case_id: UUID) -> Case:
    """Whoever closes it, or opens another one, waits here."""
    await lock_person(session, returnee.id)
    theirs = Case.id == case_id, Case.returnee_id == returnee.id
    asked = select(Case).where(*theirs).with_for_update()
    case = await session.scalar(asked.execution_options(populate_existing=True))
    if case is None:
        raise Refused("There is no such question for this person.")
    return case


async def _opened_by(session: Session, returnee: Returnee, answer: GoodTime) -> Case | None:
    """The case that their words would lie in, if "now" is what they say, and those lay anywhere."""
    if answer is not GoodTime.NOW or await wants_no_reader(session, returnee):
        return None
    return await current_case(session, returnee)


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
