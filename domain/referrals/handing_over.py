"""The end of what both do together: the case of the giver closes, and the partner has one."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, select

from domain.actors import Actor
from domain.cases.closing import close
from domain.cases.events import happened
from domain.cases.finding import newest_case, open_case_of
from domain.cases.opening import hear, open_handed_over, open_or_append
from domain.errors import Refused
from domain.notices import ONLY_CONFIRMED, Notice, tell
from domain.referrals.finding import find_given
from domain.referrals.telling import tell_giver, tell_staff
from domain.referrals.withdrawing import end_and_say_so
from domain.returnees.person import current_enrolment
from storage.cases import Case
from storage.kinds import CaseEventKind, CaseState, Outcome, ReferralState, Severity
from storage.referrals import UNDER_WAY, Referral
from storage.returnees import Returnee
from storage.sessions import Session

#: After that, and again and again, those who took over are asked whether the help came.
ASK_AGAIN = timedelta(days=14)
#: What could not be handed over is tried again after that.
TRY_AGAIN = timedelta(hours=1)


async def hand_over_now(session: Session, actor: Actor, referral_id: UUID) -> None:
    """The giver ends the time in which both accompany the person. Needs the service's scope.

    Raises as find_case, and Refused.
    """
    referral = await find_given(session, actor, referral_id)
    if referral.state is not ReferralState.ACCEPTED:
        raise Refused("Nobody has accepted this yet, or it has ended.")
    await hand_over(session, referral, staff_id=actor.staff_id)


async def hand_over(session: Session, referral: Referral, *, staff_id: UUID | None = None) -> None:
    """Raises Refused while a recording waits that nobody has opened.

    What was said stays with the giver, unless it was picked: the partner begins a case of its own,
    which alerts until somebody there acts (P2).
    """
    # What was read of them before may be no longer so: a cry makes it graver.
    returnee = await session.get_one(
        Returnee,
        referral.returnee_id,
        with_for_update={"key_share": True},
        populate_existing=True,
    )
    case = await _locked(session, referral)
    open_one = await _close_givers(session, returnee, referral, staff_id)
    await _end_what_is_beside(session, referral)
    # What somebody had of them who accompanied them together with the giver came back to it.
    came_back = await _close_givers(session, returnee, referral, staff_id)
    severity = max(open_one, came_back, Severity.CONCERN, key=lambda each: each.rank)
    happened(session, case, CaseEventKind.HANDED_OVER, staff_id=staff_id)
    await open_handed_over(session, returnee, referral.asks, severity)
    enrolment = await current_enrolment(session, returnee.id, referral.organisation_id)
    if enrolment is not None:
        enrolment.until_at = session.now
    referral.state = ReferralState.HANDED_OVER
    referral.handed_over_at = session.now
    referral.look_at = session.now + ASK_AGAIN
    params = {"referral": str(referral.id), "how": "alone", ONLY_CONFIRMED: True}
    await tell(session, returnee, Notice.REFERRAL_DONE, params)


async def hand_over_once_heard(session: Session, referral: Referral) -> None:
    """Now; while a recording waits that nobody has opened, whoever has the case hears so, and it is
    tried again in a while. Needs the service's scope.
    """
    try:
        await hand_over(session, referral)
    except Refused:
        referral.look_at = session.now + TRY_AGAIN
        await tell_giver(session, await _locked(session, referral), "unheard")


async def _close_givers(
    session: Session, returnee: Returnee, referral: Referral, staff_id: UUID | None
) -> Severity:
    """How grave the giver's open case was, if there is one: another than the referral began in,
    where that was closed and they wrote again since. Raises Refused as `close`.
    """
    still_open = await newest_case(session, returnee, lock=True)
    if still_open is None or not _is_the_givers(still_open, referral):
        return Severity.NONE
    await close(session, still_open, Outcome.REFERRED, staff_id=staff_id)
    return still_open.severity


async def _end_what_is_beside(session: Session, referral: Referral) -> None:
    """The giver accompanies them no longer, so neither does anybody together with it, and it can
    hand them over to nobody else. What a mailbox has accepted needs no giver beside it.
    """
    by_mail = and_(Referral.state == ReferralState.ACCEPTED, Referral.partner_id.is_(None))
    beside = await session.scalars(
        select(Referral)
        .where(
            Referral.returnee_id == referral.returnee_id,
            Referral.organisation_id == referral.organisation_id,
            Referral.state.in_(UNDER_WAY),
            Referral.id != referral.id,
            ~by_mail,
        )
        .with_for_update()
    )
    for each in beside.all():
        await end_and_say_so(session, each, ReferralState.LAPSED)


def _is_the_givers(case: Case, referral: Referral) -> bool:
    is_open = case.state is not CaseState.RESOLVED
    return is_open and case.organisation_id == referral.organisation_id


async def back_to_giver(session: Session, referral: Referral, what: str) -> None:
    """Nobody else takes over, so it is theirs to act again, and they hear why: `what` is as for
    tell_giver. Needs the service's scope.
    """
    case, giver = await _locked(session, referral), referral.organisation_id
    if case.state is not CaseState.RESOLVED:
        await tell_giver(session, case, what)
        await hear(session, case)
        return
    open_one = await open_case_of(session, referral.returnee_id)
    if open_one is not None and open_one.organisation_id != giver:
        # Others have them by now, and know nothing of it.
        await tell_staff(session, giver, case, what)
        return
    returnee = await session.get_one(Returnee, referral.returnee_id)
    await open_or_append(session, returnee, giver, Severity.CONCERN, ["referral.back"])


async def say_no_help(session: Session, referral: Referral) -> None:
    """Those who have accepted it say so. Whoever claims the case later sees it there, too. Needs
    the service's scope.
    """
    case = await session.get_one(Case, referral.case_id)
    happened(session, case, CaseEventKind.REFERRAL_ENDED, reasons=["referral.no-help"])
    await back_to_giver(session, referral, "no-help")


async def _locked(session: Session, referral: Referral) -> Case:
    """As it is now."""
    return await session.get_one(
        Case, referral.case_id, with_for_update=True, populate_existing=True
    )
