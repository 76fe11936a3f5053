"""The end of what both do together: the case of the giver closes, and the partner has one."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import and_, or_, select

from domain.actors import Actor
from domain.cases.events import happened
from domain.cases.finding import newest_case, open_case_of
from domain.casework.closing import ensure_heard, finish
from domain.duty.team import is_anybody_left
from domain.errors import Refused
from domain.notices import ONLY_CONFIRMED, Notice, tell_if_it_gets_there
from domain.referrals.finding import find_given
from domain.referrals.telling import tell_claimer, tell_giver, tell_staff, tell_whoever_has
from domain.referrals.withdrawing import end_all, ends_without
from domain.replies.unsent import call_off_words
from domain.returnees.enrolments import current_enrolment, organisation_of
from domain.returnees.file_numbers import forget_file_number
from domain.returnees.person import lock_person
from domain.signals.opening import hear, open_handed_over, open_or_append
from storage.kinds import CaseEventKind, CaseState, Outcome, ReferralState, Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee

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
    if not await can_take_over(session, referral):
        raise Refused("Nobody works on cases there any more. Take it back, and ask somebody else.")
    await hand_over(session, referral, staff_id=actor.staff_id)


async def can_take_over(session: Session, referral: Referral) -> bool:
    """Whether anybody is left there: else what the person writes from then on would call nobody
    (P2). Needs the service's scope.
    """
    return await is_anybody_left(session, referral.asks, for_person=referral.returnee_id)


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
    still_open = await _still_open(session, returnee)
    severity = await _close_givers(session, still_open, referral, staff_id)
    # First, so that it is not among what ends with the giver's own time with them.
    referral.state, referral.handed_over_at = ReferralState.HANDED_OVER, session.now
    await _end_what_is_beside(session, referral)
    happened(session, case, CaseEventKind.HANDED_OVER, staff_id=staff_id)
    theirs = await open_handed_over(session, returnee, referral.asks, severity)
    givers = _known_as(still_open, referral.organisation_id, case)
    if givers.claimed_by != staff_id:
        await tell_claimer(session, givers, "handed-over")
    if theirs is still_open:
        # It goes on, so no alert says that they have them alone from now on.
        partners = _known_as(still_open, referral.asks, case)
        await tell_whoever_has(session, referral.asks, partners, "handed-over")
    await _end_givers_time(session, returnee, referral.organisation_id)
    # While a third one has an open case, theirs waits: domain/referrals/beginning_late.py.
    has_begun = theirs.organisation_id == referral.asks
    referral.look_at = session.now + (ASK_AGAIN if has_begun else TRY_AGAIN)
    params = {"referral": str(referral.id), "how": "alone", ONLY_CONFIRMED: True}
    await tell_if_it_gets_there(session, returnee, Notice.REFERRAL_DONE, params)


async def hand_over_once_heard(session: Session, referral: Referral) -> None:
    """Now; while a recording waits that nobody has opened, whoever has the case hears so, and it is
    tried again in a while. Needs the service's scope.
    """
    try:
        await hand_over(session, referral)
    except Refused:
        referral.look_at = session.now + TRY_AGAIN
        waits = await open_case_of(session, referral.returnee_id)
        if waits is not None:
            await tell_claimer(session, waits, "unheard")


async def _still_open(session: Session, returnee: Returnee) -> Case | None:
    """Another than the referral began in, where that was closed and they wrote again since."""
    newest = await newest_case(session, returnee, lock=True)
    return newest if newest is not None and newest.state is not CaseState.RESOLVED else None


def _known_as(still_open: Case | None, organisation_id: UUID, case: Case) -> Case:
    """What an organisation calls the person's case: its own open one, or else the referral's."""
    if still_open is not None and still_open.organisation_id == organisation_id:
        return still_open
    return case


async def _close_givers(
    session: Session, still_open: Case | None, referral: Referral, staff_id: UUID | None
) -> Severity:
    """How grave what begins with the partner is at the least: as the case of the giver was.

    Raises Refused while a recording waits there, or with somebody beside, that nobody has opened.
    """
    if still_open is None or still_open.organisation_id == referral.asks:
        return Severity.CONCERN
    is_givers = still_open.organisation_id == referral.organisation_id
    if is_givers or await _is_together(session, still_open):
        await ensure_heard(session, still_open)
    if not is_givers:
        return Severity.CONCERN
    await finish(session, still_open, Outcome.REFERRED, staff_id=staff_id)
    return max(still_open.severity, Severity.CONCERN, key=lambda each: each.rank)


async def _is_together(session: Session, case: Case) -> bool:
    """Whether it is with somebody who was given the person for a time. Whoever else has one goes on
    with it, has to do with none of this, and learns nothing of it.
    """
    given = select(Referral.id).where(
        Referral.returnee_id == case.returnee_id,
        Referral.partner_id == case.organisation_id,
        Referral.state == ReferralState.ACCEPTED,
    )
    return bool(await session.scalar(select(given.exists())))


async def _end_what_is_beside(session: Session, referral: Referral) -> None:
    """The giver accompanies them no longer. So its other referrals of them end, and a case that one
    of those partners has goes to whoever takes over. Those that it was taking over from have the
    person without it, and hear so, unless it is just they who take over.
    """
    giver, accepted = referral.organisation_id, Referral.state == ReferralState.ACCEPTED
    await end_all(session, referral, ends_without(giver), heir=referral.asks)
    taken = and_(Referral.partner_id == giver, accepted)
    for each in await end_all(session, referral, taken, heir=referral.asks):
        if each.organisation_id != referral.asks:
            await tell_giver(session, each, "alone-again")


async def back_to_giver(session: Session, referral: Referral, what: str) -> None:
    """Nobody else takes over, so it is theirs to act again, and they hear why: `what` is as for
    tell_claimer. The person is locked before the case, as by whoever cries just then. Needs the
    service's scope.
    """
    await lock_person(session, referral.returnee_id)
    case = await _locked(session, referral)
    if case.state is CaseState.RESOLVED:
        await _begin_again(session, referral, case, what)
        return
    await tell_claimer(session, case, what)
    await hear(session, case)


async def _end_givers_time(session: Session, returnee: Returnee, giver: UUID) -> None:
    enrolment = await current_enrolment(session, returnee.id, giver)
    if enrolment is not None:
        enrolment.until_at = session.now
        forget_file_number(enrolment)
    # What the close let go says goodbye, and may leave.
    waits = or_(OutboxRow.held.is_not(None), OutboxRow.not_before > session.now)
    await call_off_words(session, returnee.id, giver, waits)


async def _begin_again(session: Session, referral: Referral, case: Case, what: str) -> None:
    """The giver's case is closed: in its own, or, where others have an open one, by word alone,
    since that is not theirs. Who was handed over since is looked after where they are.
    """
    returnee = await session.get_one(Returnee, referral.returnee_id)
    giver, concern = referral.organisation_id, Severity.CONCERN
    signal = partial(open_or_append, session, returnee, by_others=True)
    if await current_enrolment(session, returnee.id, giver) is None:
        there = await organisation_of(session, returnee)
        await signal(there, concern, ["referral.no-help"])
        return
    newest = await newest_case(session, returnee, lock=True) or case
    if newest.organisation_id == giver:
        await signal(giver, concern, ["referral.back"])
    elif newest.state is CaseState.RESOLVED:
        await open_handed_over(session, returnee, giver, concern, "referral.back")
    else:
        await tell_staff(session, giver, case, what)


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
