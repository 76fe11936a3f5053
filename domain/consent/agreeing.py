"""Consent that follows: a talk that began for a life's sake, and may be kept after all."""

from uuid import UUID

from sqlalchemy import select

from domain.cases.events import happened
from domain.cases.finding import newest_case
from domain.consent.reading import not_before_a_no
from storage.kinds import CaseEventKind, CaseState
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.returnees import Returnee


async def keep_talk(session: Session, returnee: Returnee, case_id: UUID | None = None) -> bool:
    """A talk of the person's that ended is not erased: this one, or their last. Pressed again it
    changes nothing. False where nothing is kept by it: it is too late, or that talk goes on.
    """
    case = await _talk(session, returnee, case_id)
    if case is None or case.state is not CaseState.RESOLVED:
        return False
    if case.erase_at is not None:
        case.agreed_at, case.erase_at = await not_before_a_no(session, returnee), None
        happened(session, case, CaseEventKind.AGREED)
    return True


async def _talk(session: Session, returnee: Returnee, case_id: UUID | None) -> Case | None:
    if case_id is None:
        return await newest_case(session, returnee)
    theirs = Case.id == case_id, Case.returnee_id == returnee.id
    return await session.scalar(select(Case).where(*theirs))
