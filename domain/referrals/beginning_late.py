"""Those who took over while a third organisation had an open case of the person: theirs begins once
that has closed, since a person has one open case at the most (decision 0072).
"""

from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from domain.cases.opening import open_handed_over
from domain.returnees.enrolments import current_enrolment
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee

# No case is erased sooner, so it is still known that they had one.
_LATELY = timedelta(days=7)


async def waits_for_a_case(session: Session, referral: Referral) -> bool:
    """Whether those who took over accompany the person, and have had no case of them since, because
    a third organisation's was open then, and is still, or closed lately. Needs the service's scope.
    """
    here = await current_enrolment(session, referral.returnee_id, referral.asks)
    since, lately = referral.handed_over_at, session.now - _LATELY
    thirds, theirs = aliased(Case), aliased(Case)
    was_open = select(thirds.id).where(
        thirds.returnee_id == referral.returnee_id,
        thirds.organisation_id != referral.asks,
        thirds.opened_at < since,
        or_(thirds.resolved_at.is_(None), thirds.resolved_at > func.greatest(since, lately)),
    )
    have_had = select(theirs.id).where(
        theirs.returnee_id == referral.returnee_id,
        theirs.organisation_id == referral.asks,
        or_(theirs.resolved_at.is_(None), theirs.resolved_at >= since),
    )
    found = await session.scalar(select(was_open.exists() & ~have_had.exists()))
    return here is not None and bool(found)


async def begin(session: Session, referral: Referral) -> bool:
    """False as long as somebody else has an open one. The person is locked."""
    returnee = await session.get_one(Returnee, referral.returnee_id)
    case = await open_handed_over(session, returnee, referral.asks, Severity.CONCERN)
    return case.organisation_id == referral.asks
