"""Who of the staff hears of a referral: a code and how grave it is, nothing about the person."""

from typing import Any
from uuid import UUID

from domain.alerts import tell_colleagues, tell_where_all_read
from domain.notices import Notice
from domain.reaching_staff import reach_staff
from storage.cases import Case
from storage.kinds import Role
from storage.sessions import Session
from storage.staff import Staff

_HEAR_OF_IT = (Role.CASEWORKER, Role.SUPERVISOR)


def _facts(case: Case, what: str) -> dict[str, Any]:
    return {"code": case.code, "severity": case.severity, "what": what}


async def tell_staff(session: Session, organisation_id: UUID, case: Case, what: str) -> None:
    """`what` is one of those that dialogs/words/referring.py knows. A decision about a life goes
    wherever an emergency's alert goes. Needs the service's scope.
    """
    facts = _facts(case, what)
    for role in _HEAR_OF_IT:
        await tell_colleagues(
            session, organisation_id, case.returnee_id, [role], Notice.STAFF_REFERRAL, facts
        )
    if what == "second":
        await tell_where_all_read(session, case, Notice.STAFF_REFERRAL, facts)


async def tell_giver(session: Session, case: Case, what: str) -> None:
    """Whoever has the case, what became of their asking: an alert says only that somebody needs
    them. Needs the service's scope.
    """
    if case.claimed_by is not None:
        claimer = await session.get_one(Staff, case.claimed_by)
        facts = _facts(case, what)
        await reach_staff(session, case.organisation_id, [claimer], Notice.STAFF_REFERRAL, facts)
