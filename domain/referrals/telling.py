"""Who of the staff hears of a referral: a code and how grave it is, nothing about the person."""

from typing import Any
from uuid import UUID

from domain.alerts import tell_colleagues, tell_where_all_read
from domain.notices import Notice
from storage.cases import Case
from storage.kinds import Role
from storage.sessions import Session

_HEAR_OF_IT = (Role.CASEWORKER, Role.SUPERVISOR)


def facts_of(case: Case, what: str) -> dict[str, Any]:
    return {"code": case.code, "severity": case.severity, "what": what}


async def tell_staff(session: Session, organisation_id: UUID, case: Case, what: str) -> None:
    """`what` is one of those that dialogs/words/referring.py knows. A decision about a life goes
    wherever an emergency's alert goes. Needs the service's scope.
    """
    facts = facts_of(case, what)
    for role in _HEAR_OF_IT:
        await tell_colleagues(
            session, organisation_id, case.returnee_id, [role], Notice.STAFF_REFERRAL, facts
        )
    if what == "second":
        await tell_where_all_read(session, case, Notice.STAFF_REFERRAL, facts)
