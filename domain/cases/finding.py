from uuid import UUID

from sqlalchemy import select

from domain.actors import Actor, Right
from domain.errors import Refused
from storage.cases import Case
from storage.sessions import Session


async def find_case(session: Session, actor: Actor, case_id: UUID, *, lock: bool = False) -> Case:
    """A case of the actor's organisation; locked, it is nobody else's to change meanwhile.

    Raises NotAllowed, and Refused for another organisation's case as for one that is not there:
    nobody learns that it exists (P10).
    """
    actor.ensure_may(Right.WORK_ON_CASES)
    query = select(Case).where(Case.id == case_id, Case.organisation_id == actor.organisation_id)
    if lock:
        query = query.with_for_update()
    case = await session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise Refused("There is no such case.")
    return case
