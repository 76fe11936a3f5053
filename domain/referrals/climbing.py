"""Whoever is asked to help, or to decide, is told again until they answer (P2).

As often as of a case of that severity: at half of what their own deadline would be, at its end, and
then on and on, until it goes back by itself.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.cases.deadlines import PACES, deadline_of
from domain.one_by_one import LOOK_AGAIN_AT_A_BROKEN_ONE, each_by_itself, each_due
from domain.referrals.finding import is_leaving
from domain.referrals.telling import tell_claimer, tell_staff
from domain.referrals.withdrawing import Ending, end
from storage.kinds import CaseState, ReferralState, Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.referrals import Referral


async def climb(session: Session) -> int:
    """Some of those that nobody answered; how many. Needs the service's scope."""
    return await each_due(session, Referral.alert_at, _alert_again, "referrals.alerts-failed")


async def begin_to_climb(session: Session, referral: Referral, case: Case) -> None:
    """From now on; a mailbox is called by whoever gave it, and a person is pressed by nobody."""
    referral.alert_at = referral.answer_by = None
    if _asked(referral) is not None:
        due = referral.answer_by = await _due(session, referral, case, session.now)
        referral.alert_at = next_alert(session.now, due, session.now, case.severity)


def next_alert(since: datetime, due: datetime, now: datetime, severity: Severity) -> datetime:
    half = since + (due - since) / 2
    if now < half:
        return half
    return due if now < due else now + PACES[severity].repeat


async def bring_back(session: Session) -> None:
    """After a clock that was ahead has been set right: nobody is told later than if that were
    reckoned now. Needs the service's scope.
    """
    ahead = await session.scalars(
        select(Referral)
        .where(Referral.alert_at > session.now)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    await each_by_itself(session, ahead.all(), _bring_back, _look_soon, "referrals.alerts-failed")


async def _bring_back(session: Session, referral: Referral) -> None:
    assert referral.alert_at is not None
    case = await session.get_one(Case, referral.case_id)
    since = min(referral.offered_at or referral.made_at, session.now)
    due = await _due(session, referral, case, since)
    bound = next_alert(since, due, session.now, case.severity)
    referral.alert_at = min(referral.alert_at, bound)


async def _look_soon(session: Session, referral: Referral) -> None:
    soon = session.now + LOOK_AGAIN_AT_A_BROKEN_ONE
    referral.alert_at = min(referral.alert_at or soon, soon)


async def _alert_again(session: Session, referral: Referral) -> None:
    what = _asked(referral)
    if what is None:
        referral.alert_at = None
        return
    case = await session.get_one(Case, referral.case_id)
    if what == "second" and case.state is CaseState.RESOLVED:
        # No life depends on it any more, so there is nothing to decide.
        await end(session, referral, Ending(ReferralState.LAPSED))
        return
    since = referral.offered_at or referral.made_at
    due = await _due(session, referral, case, since)
    if not await is_leaving(session, referral):
        await _tell(session, referral, case, what, due)
    referral.alert_at = next_alert(since, due, session.now, case.severity)


async def _tell(session: Session, referral: Referral, case: Case, what: str, due: datetime) -> None:
    asker = referral.made_by if what == "second" else None
    await tell_staff(session, _who(referral), case, what, asker=asker)
    if what == "waits" and _is_first_since(due, referral, case, session.now):
        # Once: it is still theirs, and they may look elsewhere or call.
        await tell_claimer(session, case, "unanswered")


def _is_first_since(due: datetime, referral: Referral, case: Case, now: datetime) -> bool:
    """However late this alert is: from then on each comes so long after the one before."""
    assert referral.alert_at is not None
    return due <= now and referral.alert_at < due + PACES[case.severity].repeat


def _asked(referral: Referral) -> str | None:
    """What somebody of the staff owes an answer to; None for what waits for nobody here."""
    if referral.state is ReferralState.TO_DECIDE:
        return "second"
    if referral.state is ReferralState.OFFERED and referral.partner_id is not None:
        return "waits"
    return None


def _who(referral: Referral) -> UUID:
    """Whose answer it waits for."""
    if referral.state is ReferralState.OFFERED and referral.partner_id is not None:
        return referral.partner_id
    return referral.organisation_id


async def _due(session: Session, referral: Referral, case: Case, since: datetime) -> datetime:
    """By the deadlines of whoever is asked; a holiday that they declare since moves no promise."""
    organisation = await session.get_one(Organisation, _who(referral))
    due = await deadline_of(session, organisation, case.severity, since)
    # One that lies before it was asked is of an earlier step, which an older release took further.
    promised = referral.answer_by if referral.answer_by and referral.answer_by > since else due
    return min(due, promised)
