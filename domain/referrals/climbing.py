"""Whoever is asked to help, or to decide, is told again until they answer (P2).

As often as of a case of that severity: at half of what their own deadline would be, at its end, and
then on and on, until it goes back by itself.
"""

from datetime import datetime
from uuid import UUID

from domain.cases.deadlines import PACES, deadline
from domain.notices import Notice
from domain.one_by_one import each_due
from domain.organisations import zone
from domain.reaching_staff import reach_staff
from domain.referrals.telling import facts_of, tell_staff
from storage.cases import Case
from storage.kinds import ReferralState, Severity
from storage.organisations import Organisation
from storage.referrals import Referral
from storage.sessions import Session
from storage.staff import Staff


async def climb(session: Session) -> int:
    """Some of those that nobody answered; how many. Needs the service's scope."""
    return await each_due(session, Referral.alert_at, _alert_again, "referrals.alerts-failed")


async def begin_to_climb(session: Session, referral: Referral, case: Case) -> None:
    """From now on; a mailbox is called by whoever gave it, and a person is pressed by nobody."""
    referral.alert_at = None
    if _asked(referral) is not None:
        due = await _due(session, referral, case, session.now)
        referral.alert_at = next_alert(session.now, due, session.now, case.severity)


def next_alert(since: datetime, due: datetime, now: datetime, severity: Severity) -> datetime:
    half = since + (due - since) / 2
    if now < half:
        return half
    return due if now < due else now + PACES[severity].repeat


async def _alert_again(session: Session, referral: Referral) -> None:
    what = _asked(referral)
    if what is None:
        referral.alert_at = None
        return
    case = await session.get_one(Case, referral.case_id)
    since = referral.offered_at or referral.made_at
    due = await _due(session, referral, case, since)
    await tell_staff(session, _who(referral), case, what)
    if what == "waits" and referral.alert_at == due:
        await _tell_giver(session, case)
    referral.alert_at = next_alert(since, due, session.now, case.severity)


async def _tell_giver(session: Session, case: Case) -> None:
    """Once: it is still theirs, and they may look elsewhere or call."""
    if case.claimed_by is not None:
        claimer = await session.get_one(Staff, case.claimed_by)
        await reach_staff(
            session,
            case.organisation_id,
            [claimer],
            Notice.STAFF_REFERRAL,
            facts_of(case, "unanswered"),
        )


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
    """By the deadlines of whoever is asked."""
    organisation = await session.get_one(Organisation, _who(referral))
    place = zone(organisation.time_zone)
    return deadline(case.severity, since, place, organisation.settings)
