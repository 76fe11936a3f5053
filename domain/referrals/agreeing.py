"""What the person says: whether it may go, and later whether the help came."""

from uuid import UUID

from sqlalchemy import select

from domain.consent.ledger import Shown
from domain.errors import Refused
from domain.referrals.making import ask_person, offer
from domain.referrals.sharing import change_about_partner
from domain.referrals.standing import helping_now
from domain.returnees.enrolments import organisation_of
from domain.signals.opening import open_or_append
from storage.kinds import How, Received, ReferralState, Severity
from storage.sessions import Session
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee

#: It came to nothing.
_OVER = (ReferralState.REJECTED, ReferralState.REVOKED, ReferralState.LAPSED)


async def answer_referral(
    session: Session, returnee: Returnee, referral_id: UUID, granted: bool, shown: Shown
) -> bool:
    """A yes sends it once it is sure whose yes that is; before that, they are asked again later. A
    no costs nothing, and whoever asked is not told of it.

    False where nothing follows from the answer: a yes that is not sure yet; a yes to a referral
    that came to nothing, or to those who have passed them on since, which no ledger keeps; a no to
    those who have taken over meanwhile, and so help them all the same.

    Needs the service's scope. Raises Refused for somebody else's.
    """
    referral = await referral_of(session, returnee, referral_id, lock=True)
    if granted and await _is_over(session, referral):
        return False
    counts = await change_about_partner(session, returnee, referral.asks, granted, shown, How.ASKED)
    if referral.state is ReferralState.ASKED:
        if granted:
            await (offer(session, referral) if counts else ask_person(session, returnee, referral))
        return counts
    return counts and (granted or await helping_now(session, referral) is None)


async def _is_over(session: Session, referral: Referral) -> bool:
    """There is nothing left to say yes to."""
    if referral.state is ReferralState.HANDED_OVER:
        return await helping_now(session, referral) is None
    return referral.state in _OVER


async def say_received(
    session: Session, returnee: Returnee, referral_id: UUID, received: Received
) -> None:
    """A no is something that whoever accompanies them now must look at; a yes proves nothing (P13).

    Needs the service's scope. Raises Refused for somebody else's.
    """
    referral = await referral_of(session, returnee, referral_id, lock=True)
    if referral.received_by_person is received:
        return
    referral.received_by_person = received
    if received is Received.NO:
        organisation_id = await organisation_of(session, returnee)
        await open_or_append(
            session, returnee, organisation_id, Severity.CONCERN, ["referral.not-received"]
        )


async def referral_of(
    session: Session, returnee: Returnee, referral_id: UUID, *, lock: bool = False
) -> Referral:
    """Raises Refused for somebody else's."""
    query = select(Referral).where(Referral.id == referral_id, Referral.returnee_id == returnee.id)
    if lock:
        query = query.with_for_update()
    referral = await session.scalar(query.execution_options(populate_existing=True))
    if referral is None:
        raise Refused("There is no such question for this person.")
    return referral
