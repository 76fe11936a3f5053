"""The phone says that its owner needs nobody any more.

Whoever holds it may have tapped that. So it closes nothing, lowers nothing and stops no clock
(P13): a worker reads it and decides.
"""

from domain.cases.events import happened, happened_lately
from domain.cases.finding import newest_case
from domain.returnees.person import lock_person
from domain.signals.opening import hear
from storage.kinds import CaseEventKind, CaseState
from storage.sessions import Session
from storage.tables.returnees import Returnee


async def wish_closed(session: Session, returnee: Returnee) -> bool:
    """Whether there is a case of theirs that a worker now looks at. Needs the service's scope."""
    await lock_person(session, returnee.id)
    case = await newest_case(session, returnee, lock=True)
    if case is None or case.state is CaseState.RESOLVED:
        return False
    if not await happened_lately(session, case, CaseEventKind.CLOSING_WISHED):
        happened(session, case, CaseEventKind.CLOSING_WISHED)
        await hear(session, case)
    return True
