"""What somebody answers who was asked whether it is safe to talk now."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from domain.cases.events import happened
from domain.cases.opening import hear
from domain.errors import Refused
from domain.safety import judge_anew
from storage.cases import Case
from storage.kinds import CaseEventKind, CaseState
from storage.returnees import Returnee
from storage.sessions import Session


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
    happened(session, case, CaseEventKind.SIGNAL, reasons=[f"talk.{answer}"])
    if answer is GoodTime.NOW:
        returnee.last_wrote_at = session.asked_at
        await judge_anew(session, returnee.id)
        await hear(session, case)
