"""A case that somebody closed by mistake goes on."""

from uuid import UUID

from domain.actors import Actor
from domain.cases.finding import find_case
from domain.cases.terms import could_open_again
from domain.casework.work import claim_and_hand_back
from domain.consent.reading import took_back
from domain.errors import Refused
from domain.returnees.person import lock_person
from domain.signals.opening import current_case
from storage.kinds import CaseState
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.returnees import Returnee


async def is_theirs_to_reopen(session: Session, actor: Actor, case: Case) -> bool:
    """Whoever closed it can, for as long as the person's word would, and unless that said no."""
    is_theirs = case.state is CaseState.RESOLVED and case.claimed_by == actor.staff_id
    if not is_theirs or await took_back(session, case):
        return False
    return await could_open_again(session, case)


async def reopen(session: Session, actor: Actor, case_id: UUID) -> list[str]:
    """In their hands, with a new deadline; returns the codes of those that went back for it.

    The person is told nothing: whoever does it writes to them. Raises NotAllowed, and Refused where
    it is too late, or another case of theirs is open. Needs the service's scope, since that may be
    another organisation's.
    """
    person = (await find_case(session, actor, case_id)).returnee_id
    await lock_person(session, person)
    # Once more, as it stands while nobody changes it.
    found = await find_case(session, actor, case_id)
    if not await is_theirs_to_reopen(session, actor, found):
        raise Refused("This case can no longer be opened again.")
    returnee = await session.get_one(Returnee, person)
    case = await current_case(session, returnee, by=actor.staff_id)
    if case is None or case.id != case_id:
        raise Refused("This case can no longer be opened again.")
    return await claim_and_hand_back(session, actor, case)
