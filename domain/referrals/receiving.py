"""What the organisation that is asked to help does with it."""

from datetime import timedelta
from uuid import UUID

from domain import audit
from domain.actors import Actor
from domain.cases.events import happened
from domain.errors import Refused
from domain.notices import ONLY_CONFIRMED, Notice, tell_if_it_gets_there
from domain.referrals.finding import find_either, find_received
from domain.referrals.handing_over import back_to_giver, hand_over_once_heard, say_no_help
from domain.referrals.telling import tell_claimer
from domain.referrals.withdrawing import Ending, end_and_say_so
from domain.rejections import ensure_says_why
from domain.returnees.enrolments import current_enrolment, enrol
from domain.returnees.keys import data_key
from domain.returnees.wishes import ensure_may_be_told
from storage.kinds import CaseEventKind, Received, ReferralState, Travels
from storage.sessions import Session
from storage.tables.cases import Case, CaseAccess
from storage.tables.organisations import Organisation
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee

#: How long what was said can still be read by whoever took over.
_READ_ON = timedelta(days=90)


async def accept(session: Session, actor: Actor, referral_id: UUID) -> None:
    """They accompany the person from now on, beside the giver for as long as was planned.

    Needs the service's scope. Raises as find_case, and Refused.
    """
    referral = await _offered(session, actor, referral_id)
    await ensure_may_be_told(session, referral.returnee_id, referral.asks)
    returnee = await session.get_one(Returnee, referral.returnee_id)
    await _accompany(session, referral, returnee)
    _answered(session, actor, referral, "referral.accepted")
    referral.state = ReferralState.ACCEPTED
    referral.look_at = session.now + timedelta(days=referral.joint_days)
    if Travels.TALK in referral.fields:
        access = CaseAccess(
            case_id=referral.case_id,
            organisation_id=referral.asks,
            scope="read",
            until_at=referral.look_at + _READ_ON,
        )
        session.add(access)
    case = await session.get_one(Case, referral.case_id)
    happened(session, case, CaseEventKind.REFERRAL_ACCEPTED)
    if referral.joint_days == 0:
        await hand_over_once_heard(session, referral)
    else:
        await tell_claimer(session, case, "accepted")
        params = {"referral": str(referral.id), "how": "joint", ONLY_CONFIRMED: True}
        await tell_if_it_gets_there(
            session, returnee, Notice.REFERRAL_DONE, params, case_id=case.id
        )


async def _accompany(session: Session, referral: Referral, returnee: Returnee) -> None:
    """With a yes of the person the giver's invite goes along: it says that somebody knows who they
    are, and without one nobody is asked check-ins. In danger to life they were not asked.
    """
    enrolment = await enrol(session, returnee, await session.get_one(Organisation, referral.asks))
    givers = await current_enrolment(session, returnee.id, referral.organisation_id)
    if enrolment.invite_id is None and givers is not None and not referral.vital:
        enrolment.invite_id = givers.invite_id


async def reject(session: Session, actor: Actor, referral_id: UUID, reason: str) -> None:
    """With a reason, which the giver reads; it is the giver's again at once.

    Needs the service's scope. Raises as find_case, and Refused.
    """
    referral = await _offered(session, actor, referral_id)
    await seal_reason(session, referral, reason)
    _answered(session, actor, referral, "referral.rejected")
    kind = CaseEventKind.REFERRAL_REJECTED
    await end_and_say_so(session, referral, Ending(ReferralState.REJECTED, kind=kind))
    await back_to_giver(session, referral, "rejected")


async def seal_reason(session: Session, referral: Referral, reason: str) -> None:
    """Why it is rejected. Raises Refused."""
    ensure_says_why(reason)
    key = await data_key(session, referral.returnee_id)
    referral.reason = key.seal(reason.strip(), "referral reason")


async def say_outcome(
    session: Session, actor: Actor, referral_id: UUID, received: Received
) -> None:
    """Whether the help came, as those who took over say; of one that has a mailbox only, as the
    giver heard it on the telephone. While both accompany the person, the giver hears of a no.

    Needs the service's scope. Raises as find_case, and Refused.
    """
    referral = await find_either(session, actor, referral_id, lock=True)
    if referral.state not in (ReferralState.ACCEPTED, ReferralState.HANDED_OVER):
        raise Refused("Nobody has accepted this yet, or it has ended.")
    by_giver = referral.organisation_id == actor.organisation_id
    if by_giver and referral.partner_id is not None:
        raise Refused("Those who took over say it.")
    if referral.received is received:
        return
    referral.received = received
    audit.done_by(session, actor, "referral.outcome", referral.id, received=received)
    together = referral.state is ReferralState.ACCEPTED and not by_giver
    if together and received is Received.NO:
        await say_no_help(session, referral)


async def _offered(session: Session, actor: Actor, referral_id: UUID) -> Referral:
    referral = await find_received(session, actor, referral_id)
    if referral.state is not ReferralState.OFFERED:
        raise Refused("This offer has been answered already.")
    return referral


def _answered(session: Session, actor: Actor, referral: Referral, action: str) -> None:
    referral.answered_by = actor.staff_id
    referral.answered_at = session.now
    audit.done_by(session, actor, action, referral.id)
