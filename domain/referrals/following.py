"""The tick of referrals: what is due by itself when nobody says anything."""

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from domain.cases.finding import open_case_of
from domain.consent.ledger import has_consent
from domain.notices import ONLY_CONFIRMED, Notice, tell_if_it_gets_there
from domain.one_by_one import each_due
from domain.recovery.quiet import quiet_until
from domain.referrals.beginning_late import began_at, begin, waits_for_a_case
from domain.referrals.finding import is_leaving
from domain.referrals.handing_over import (
    ASK_AGAIN,
    TRY_AGAIN,
    back_to_giver,
    can_take_over,
    hand_over_once_heard,
)
from domain.referrals.question import never_came, newest_question, waits_until
from domain.referrals.telling import tell_staff
from domain.referrals.withdrawing import Ending, end, end_and_say_so, together_in
from domain.returnees.enrolments import current_enrolment
from domain.returnees.person import lock_if_free
from domain.workers import works_on_cases
from storage.batches import at_most
from storage.inbox.under_way import is_under_way
from storage.kinds import CaseState, Purpose, Received, ReferralState, Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff

_ASKED_FOR = timedelta(days=180)
_SOON = timedelta(seconds=10)
_TOLD_BEFORE = timedelta(days=7)
_BATCH = 100


async def follow_up(session: Session) -> int:
    """Some of those that are due; how many. Needs the service's scope."""
    await _bring_forward(session)
    return await each_due(session, Referral.look_at, _go_on, "referrals.failed")


async def _bring_forward(session: Session) -> None:
    """A talk that nobody agrees to any more is erased before the planned day, with all that was
    agreed in it: those who help together take over while the person can still be told. Where nobody
    is left who could, a cry would call nobody (P2), and the giver has them alone from now on. In
    the quiet after a restore no period ends, so that none is looked at again and again.
    """
    if await quiet_until(session) is not None:
        return
    goes_soon = and_(Case.state == CaseState.RESOLVED, Case.erase_at <= session.now + _TOLD_BEFORE)
    workers = select(Staff.id).where(*works_on_cases(Referral.partner_id))
    found = await session.scalars(
        select(Referral)
        .join(Case, and_(*together_in(Case)))
        .where(
            or_(goes_soon, ~workers.exists()),
            Referral.look_at > session.now + TRY_AGAIN,
        )
        .limit(at_most(_BATCH))
        .with_for_update(of=Referral, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for referral in found.all():
        referral.look_at = session.now


async def _go_on(session: Session, referral: Referral) -> None:
    if not await lock_if_free(session, referral.returnee_id):
        referral.look_at = session.now + _SOON
        return
    if await is_leaving(session, referral):
        # A case that it opened would keep them from being forgotten, and nobody could find it.
        referral.look_at = session.now + TRY_AGAIN
        return
    match referral.state:
        case ReferralState.ASKED if await _may_have_answered(session, referral):
            referral.look_at = session.now + TRY_AGAIN
        case ReferralState.ASKED:
            await _end_the_asking(session, referral)
        case ReferralState.TO_DECIDE | ReferralState.OFFERED:
            await _lapse(session, referral)
        case ReferralState.ACCEPTED if referral.mail_partner_id is not None:
            await _ask_giver(session, referral)
        case ReferralState.ACCEPTED:
            await _end_joint_period(session, referral)
        case ReferralState.HANDED_OVER if await waits_for_a_case(session, referral):
            has_begun = await begin(session, referral)
            referral.look_at = session.now + (ASK_AGAIN if has_begun else TRY_AGAIN)
        case ReferralState.HANDED_OVER:
            await _ask_whether_it_came(session, referral)
        case _:
            referral.look_at = None


async def _may_have_answered(session: Session, referral: Referral) -> bool:
    """By what is not handled yet (P3)."""
    returnee = await session.get_one(Returnee, referral.returnee_id)
    return await is_under_way(session, returnee.chat_key)


async def _end_the_asking(session: Session, referral: Referral) -> None:
    """Where the question never came, the giver hears that, and not that no answer came. A closed
    case waits for neither.
    """
    question = await newest_question(session, referral)
    until = waits_until(session, question)
    case = await session.get_one(Case, referral.case_id)
    if case.state is not CaseState.RESOLVED and session.now < until:
        referral.look_at = min(until, session.now + TRY_AGAIN)
    elif never_came(question):
        await _lapse(session, referral, "unasked")
    else:
        await _lapse(session, referral)


async def _lapse(session: Session, referral: Referral, what: str = "lapsed") -> None:
    """Where nothing had gone to anybody, and a human has closed the case since, nobody has counted
    on it: only the person's own word opens that again. Soon after a restore they hear it from
    whoever has their case: their phone may be frozen, and nobody remembers it (P4).
    """
    was_asked = referral.state is ReferralState.OFFERED
    ends = end_and_say_so if await quiet_until(session) is None else end
    await ends(session, referral, Ending(ReferralState.LAPSED, reason=f"referral.{what}"))
    case = await session.get_one(Case, referral.case_id)
    if was_asked or case.state is not CaseState.RESOLVED:
        await back_to_giver(session, referral, what)


async def _end_joint_period(session: Session, referral: Referral) -> None:
    """Not soon after a restore: the person may have taken it back, and nobody remembers it. Nor in
    the midst of an emergency, which a human alone closes: whoever has it ends the period then.
    Where everybody has left who could take over, the giver keeps the person.
    """
    quiet = await quiet_until(session)
    if quiet is not None:
        referral.look_at = quiet
        return
    if await _is_in_an_emergency(session, referral):
        referral.look_at = session.now + TRY_AGAIN
        return
    if not await can_take_over(session, referral):
        await end_and_say_so(session, referral, Ending(ReferralState.LAPSED))
        await back_to_giver(session, referral, "alone-again")
        return
    await hand_over_once_heard(session, referral)


async def _is_in_an_emergency(session: Session, referral: Referral) -> bool:
    """Which would end with it: one that the partner has goes on there. The person is locked:
    whoever cries now waits here.
    """
    case = await open_case_of(session, referral.returnee_id)
    return (
        case is not None
        and case.organisation_id != referral.asks
        and case.severity is Severity.EMERGENCY
    )


async def _ask_whether_it_came(session: Session, referral: Referral) -> None:
    """Those who took over are, until they know or have the person no longer; and the person is. Not
    before they have had the time for it.
    """
    since = await began_at(session, referral)
    if session.now < since + ASK_AGAIN:
        referral.look_at = since + ASK_AGAIN
        return
    has_them = await current_enrolment(session, referral.returnee_id, referral.asks) is not None
    if not has_them or _is_known_or_long_ago(session, referral, since):
        referral.look_at = None
    else:
        referral.look_at = session.now + ASK_AGAIN
        case = await session.get_one(Case, referral.case_id)
        await tell_staff(session, referral.asks, case, "outcome")
    await _ask_person(session, referral, since)


async def _ask_giver(session: Session, referral: Referral) -> None:
    """Nothing reminds a mailbox: whoever has the case asks on the telephone, or, once it is closed,
    somebody of the team. A question of ours opens no case, and is about nobody whom they have left.
    """
    since, giver = referral.answered_at or session.now, referral.organisation_id
    if _is_known_or_long_ago(session, referral, since):
        referral.look_at = None
        return
    case = await session.get_one(Case, referral.case_id)
    has_them = await current_enrolment(session, referral.returnee_id, giver) is not None
    referral.look_at = session.now + ASK_AGAIN if has_them else None
    if has_them and case.state is CaseState.RESOLVED:
        await tell_staff(session, giver, case, "ask-them")
    elif has_them:
        await back_to_giver(session, referral, "ask-them")
    await _ask_person(session, referral, since)


def _is_known_or_long_ago(session: Session, referral: Referral, since: datetime) -> bool:
    """Whether the help came; or nobody will find out any more."""
    long_ago = session.now - since >= _ASKED_FOR
    return long_ago or referral.received in (Received.YES, Received.NO)


async def _ask_person(session: Session, referral: Referral, since: datetime) -> None:
    """Once, if they agreed to it at all; not soon after a restore, nor where nobody accompanies
    them any more.
    """
    person, partner = referral.returnee_id, referral.asks
    first = session.now - since < 2 * ASK_AGAIN
    if (
        first
        and await quiet_until(session) is None
        and await has_consent(session, person, Purpose.PARTNER, partner)
        and await current_enrolment(session, person) is not None
    ):
        returnee = await session.get_one(Returnee, person)
        params = {"referral": str(referral.id), ONLY_CONFIRMED: True}
        await tell_if_it_gets_there(session, returnee, Notice.REFERRAL_RECEIVED, params)
