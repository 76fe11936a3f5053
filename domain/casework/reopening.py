"""A case that somebody closed by mistake goes on."""

from uuid import UUID

from sqlalchemy import select

from domain.actors import Actor
from domain.cases.finding import find_case, newest_case
from domain.casework.work import claim_locked
from domain.consent.reading import took_back
from domain.errors import Refused
from domain.returnees.person import lock_person
from domain.signals.opening import can_go_on, current_case
from storage.kinds import CaseState
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.returnees import Returnee


async def is_theirs_to_reopen(session: Session, actor: Actor, case_id: UUID) -> bool:
    """Whoever closed it can, for as long as the person's word would, and unless that said no. Not
    where another case came after it, or others accompany them now, so it needs the service's scope.
    """
    closed_by_them = Case.state == CaseState.RESOLVED, Case.claimed_by == actor.staff_id
    case = await session.scalar(select(Case).where(Case.id == case_id, *closed_by_them))
    if case is None or await took_back(session, case):
        return False
    returnee = await session.get_one(Returnee, case.returnee_id)
    if await newest_case(session, returnee) is not case:
        return False
    return await can_go_on(session, returnee, case)


async def reopen(session: Session, actor: Actor, case_id: UUID) -> list[str]:
    """In their hands, with a new deadline; returns the codes of those that went back for it.

    The person is told nothing: whoever does it writes to them. Raises NotAllowed, and Refused where
    it is too late, or another case of theirs is open. Needs the service's scope, since that may be
    another organisation's.
    """
    person = (await find_case(session, actor, case_id)).returnee_id
    await lock_person(session, person)
    # Once more, as it stands while nobody changes it.
    await find_case(session, actor, case_id)
    if not await is_theirs_to_reopen(session, actor, case_id):
        raise Refused("This case can no longer be opened again.")
    case = await current_case(session, await session.get_one(Returnee, person), by=actor.staff_id)
    assert case is not None
    return await claim_locked(session, actor, case)
