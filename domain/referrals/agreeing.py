"""What the person says: whether it may go, and later whether the help came."""

from uuid import UUID

from sqlalchemy import select

from domain.cases.opening import open_or_append, organisation_of
from domain.consent.changing import change_consent
from domain.consent.ledger import Shown
from domain.errors import Refused
from domain.referrals.making import offer
from domain.wishes import ensure_may_be_told
from storage.kinds import How, Purpose, Received, ReferralState, Severity
from storage.referrals import Referral
from storage.returnees import Returnee
from storage.sessions import Session


async def answer_referral(
    session: Session, returnee: Returnee, referral_id: UUID, granted: bool, shown: Shown
) -> None:
    """With a yes it goes. Whoever asked is not told of a no; nor does it cost anything.

    Needs the service's scope. Raises Refused for somebody else's.
    """
    referral = await referral_of(session, returnee, referral_id, lock=True)
    partner_id = referral.asks
    if granted:
        await ensure_may_be_told(session, returnee.id, partner_id)
    await change_consent(
        session, returnee, Purpose.PARTNER, granted, shown, How.ASKED, partner_id=partner_id
    )
    if granted and referral.state is ReferralState.ASKED:
        await offer(session, referral)


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
