"""Those who took over while a third organisation had an open case of the person: theirs begins once
that has closed, since a person has one open case at the most (decision 0072).
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from domain.returnees.enrolments import current_enrolment
from domain.signals.opening import open_handed_over
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee

# No case is erased sooner, so it is still known that they had one.
_LATELY = timedelta(days=7)

_Conditions = tuple[ColumnElement[bool], ...]


async def waits_for_a_case(session: Session, referral: Referral) -> bool:
    """Whether those who took over accompany the person, and have had no case of them since, because
    a third organisation's was open then, and is still, or closed lately. Needs the service's scope.
    """
    here = await current_enrolment(session, referral.returnee_id, referral.asks)
    lately = session.now - _LATELY
    thirds, theirs = aliased(Case), aliased(Case)
    was_open = select(thirds.id).where(
        *_open_at_the_hand_over(thirds, referral),
        or_(thirds.resolved_at.is_(None), thirds.resolved_at > lately),
    )
    have_had = select(theirs.id).where(*_theirs_since(theirs, referral))
    found = await session.scalar(select(was_open.exists() & ~have_had.exists()))
    return here is not None and bool(found)


async def began_at(session: Session, referral: Referral) -> datetime:
    """When those who took over began: with the hand-over, or where a third one's case was open
    then, with theirs. Needs the service's scope.
    """
    assert referral.handed_over_at is not None
    thirds, theirs = aliased(Case), aliased(Case)
    was_open = select(thirds.id).where(*_open_at_the_hand_over(thirds, referral))
    first = await session.scalar(
        select(func.min(theirs.opened_at)).where(
            *_theirs_since(theirs, referral), was_open.exists()
        )
    )
    return max(referral.handed_over_at, first or referral.handed_over_at)


def _open_at_the_hand_over(case: type[Case], referral: Referral) -> _Conditions:
    """A third one's: the giver's ended just then."""
    since = referral.handed_over_at
    return (
        case.returnee_id == referral.returnee_id,
        case.organisation_id != referral.asks,
        case.opened_at < since,
        or_(case.resolved_at.is_(None), case.resolved_at > since),
    )


def _theirs_since(case: type[Case], referral: Referral) -> _Conditions:
    return (
        case.returnee_id == referral.returnee_id,
        case.organisation_id == referral.asks,
        or_(case.resolved_at.is_(None), case.resolved_at >= referral.handed_over_at),
    )


async def begin(session: Session, referral: Referral) -> bool:
    """False as long as somebody else has an open one. The person is locked."""
    returnee = await session.get_one(Returnee, referral.returnee_id)
    case = await open_handed_over(session, returnee, referral.asks, Severity.CONCERN)
    return case.organisation_id == referral.asks
