"""Those who took over while a third organisation had an open case of the person: theirs begins once
that has closed, since a person has one open case at the most (decision 0072).
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from domain.cases.opening import open_handed_over
from storage.batches import at_most
from storage.kinds import ReferralState, Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.referrals import Referral
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee

# Sooner no case is erased: that they had one is still known.
_LATELY = timedelta(days=7)
_BATCH = 100


async def bring_forward(session: Session, later_than: datetime) -> None:
    """What was to be looked at after that, is due now. Needs the service's scope."""
    found = await session.scalars(
        select(Referral)
        .where(_wait(session.now), Referral.look_at > later_than)
        .limit(at_most(_BATCH))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for referral in found.all():
        referral.look_at = session.now


async def waits_for_a_case(session: Session, referral: Referral) -> bool:
    found = select(Referral.id).where(Referral.id == referral.id, _wait(session.now))
    return await session.scalar(found) is not None


async def begin_now(session: Session, referral: Referral) -> bool:
    """False where yet another organisation has an open one by now. The person is locked."""
    returnee = await session.get_one(Returnee, referral.returnee_id)
    case = await open_handed_over(session, returnee, referral.asks, Severity.CONCERN)
    return case.organisation_id == referral.asks


def _wait(now: datetime) -> ColumnElement[bool]:
    """Within a query of referrals: by which they accompany the person, and have had no case of
    theirs since, while a third one's was open and has closed lately.
    """
    thirds, theirs = aliased(Case), aliased(Case)
    accompany = select(Enrolment.id).where(
        Enrolment.returnee_id == Referral.returnee_id,
        Enrolment.organisation_id == Referral.partner_id,
        STILL_ENROLLED,
    )
    was_open = select(thirds.id).where(
        thirds.returnee_id == Referral.returnee_id,
        thirds.organisation_id != Referral.partner_id,
        thirds.opened_at < Referral.handed_over_at,
        thirds.resolved_at > Referral.handed_over_at,
        thirds.resolved_at > now - _LATELY,
    )
    have_had = select(theirs.id).where(
        theirs.returnee_id == Referral.returnee_id,
        theirs.organisation_id == Referral.partner_id,
        or_(theirs.resolved_at.is_(None), theirs.resolved_at >= Referral.handed_over_at),
    )
    handed_over = Referral.state == ReferralState.HANDED_OVER
    return handed_over & accompany.exists() & was_open.exists() & ~have_had.exists()
