"""Whether what the person is told of a referral is still so: a notice waits until it is sure who is
there, or lies covered on their phone, for weeks.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from domain.cases.finding import open_case_of
from domain.notices import Notice
from domain.returnees.enrolments import current_enrolment
from storage.batches import at_most
from storage.kinds import ReferralState
from storage.sessions import Session
from storage.tables.referrals import Referral

_HELPING = (ReferralState.ACCEPTED, ReferralState.HANDED_OVER)
#: What goes only as long as that is how it stands; another notice says what came of it.
_WHILE = {
    (Notice.REFERRAL_ASKED, None): (ReferralState.ASKED,),
    (Notice.REFERRAL_ACCEPTED, None): (ReferralState.ACCEPTED,),
    (Notice.REFERRAL_RECEIVED, None): _HELPING,
    (Notice.REFERRAL_DONE, "joint"): (ReferralState.ACCEPTED,),
}


async def helping_now(session: Session, referral: Referral) -> Referral | None:
    """By which referral those who were asked help the person now: this one, or a later one; None
    where they don't. Needs the service's scope.
    """
    newest = await session.scalar(
        select(Referral)
        .where(
            Referral.returnee_id == referral.returnee_id,
            func.coalesce(Referral.partner_id, Referral.mail_partner_id) == referral.asks,
            Referral.state.in_(_HELPING),
        )
        .order_by(Referral.made_at.desc())
        .limit(at_most(1))
    )
    if newest is not None and newest.state is ReferralState.HANDED_OVER:
        # They may have gone on to others since.
        here = await current_enrolment(session, referral.returnee_id, referral.asks)
        return newest if here is not None else None
    return newest


async def answers_now(session: Session, returnee_id: UUID, organisation_id: UUID) -> bool:
    """Whether that organisation, which accompanies them, hears what they write: not while another
    one has a case of theirs. Needs the service's scope.
    """
    case = await open_case_of(session, returnee_id)
    return case is None or case.organisation_id == organisation_id


async def is_unwanted(session: Session, notice: Notice, params: Mapping[str, Any]) -> bool:
    """Whether it must not go any more, though it is on its way. Asked just before sending."""
    referral = await session.get(Referral, UUID(params["referral"]))
    if referral is None:
        return True
    is_first_asked = notice is Notice.REFERRAL_RECEIVED
    if is_first_asked and await current_enrolment(session, referral.returnee_id) is None:
        return True
    awaited = _WHILE.get((notice, params.get("how")))
    return awaited is not None and referral.state not in awaited
