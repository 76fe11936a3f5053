"""Consent that follows: a talk that began for a life's sake, and may be kept after all."""

from domain.cases.events import happened
from domain.cases.finding import newest_case
from storage.kinds import CaseEventKind
from storage.sessions import Session
from storage.tables.returnees import Returnee


async def keep_talk(session: Session, returnee: Returnee) -> None:
    """The person's last talk is not erased; pressed again, or too late, it changes nothing."""
    case = await newest_case(session, returnee)
    if case is not None and case.erase_at is not None:
        case.agreed_at, case.erase_at = session.now, None
        happened(session, case, CaseEventKind.AGREED)
