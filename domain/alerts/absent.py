"""Whether whoever has a case is there for it, so that nobody waits for somebody who is not."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, select

from domain.duty import on_duty
from domain.duty.busy import in_an_emergency
from domain.duty.now import is_away
from domain.staff.browsers import is_in_the_console
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent

# Whoever did something in a case so lately is with that person, on duty or not.
_AT_IT = timedelta(minutes=15)


async def is_without_anybody(session: Session, case: Case) -> bool:
    """Whether whoever has it has time off; or in an emergency is off duty and not at it, while
    colleagues are there. Whoever is on duty is there, on a day off too. Needs the service's scope.
    """
    if case.claimed_by is None:
        return False
    there = await on_duty(session, case.organisation_id, for_person=case.returnee_id)
    if any(staff.id == case.claimed_by for staff in there):
        return False
    if await is_away(session, case.claimed_by):
        return True
    if case.severity is not Severity.EMERGENCY or not there:
        return False
    return not await _is_at_it(session, case, case.claimed_by)


async def has_another_emergency(session: Session, case: Case) -> bool:
    """Whether whoever has this one is in another already, so that it goes to somebody else; with
    nobody on duty it stays theirs. Needs the service's scope.
    """
    if case.claimed_by is None or case.severity is not Severity.EMERGENCY:
        return False
    if case.claimed_by not in await in_an_emergency(session, case.organisation_id, beside=case.id):
        return False
    return bool(await on_duty(session, case.organisation_id, for_person=case.returnee_id))


async def _is_at_it(session: Session, case: Case, staff_id: UUID) -> bool:
    did = exists().where(
        CaseEvent.case_id == case.id,
        CaseEvent.staff_id == staff_id,
        CaseEvent.at > session.now - _AT_IT,
    )
    return await is_in_the_console(session, staff_id) or bool(await session.scalar(select(did)))
