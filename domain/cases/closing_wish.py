"""The phone says that its owner needs nobody any more.

Whoever holds it may have tapped that. So it closes nothing, lowers nothing and stops no clock
(P13): a worker reads it and decides.
"""

from datetime import timedelta

from sqlalchemy import select

from domain.cases.events import happened
from domain.cases.finding import newest_case
from domain.cases.opening import hear
from domain.returnees import lock_person
from storage.batches import at_most
from storage.cases import Case, CaseEvent
from storage.kinds import CaseEventKind, CaseState
from storage.returnees import Returnee
from storage.sessions import Session

# Tapping it again and again makes no line each.
_ONCE_IN = timedelta(hours=1)


async def wish_closed(session: Session, returnee: Returnee) -> bool:
    """Whether there is a case of theirs that a worker now looks at. Needs the service's scope."""
    await lock_person(session, returnee.id)
    case = await newest_case(session, returnee, lock=True)
    if case is None or case.state is CaseState.RESOLVED:
        return False
    if not await _wished_lately(session, case):
        happened(session, case, CaseEventKind.CLOSING_WISHED)
        await hear(session, case)
    return True


async def _wished_lately(session: Session, case: Case) -> bool:
    lately = await session.scalar(
        select(CaseEvent.id)
        .where(
            CaseEvent.case_id == case.id,
            CaseEvent.kind == CaseEventKind.CLOSING_WISHED,
            CaseEvent.at > session.now - _ONCE_IN,
        )
        .limit(at_most(1))
    )
    return lately is not None
