"""A person's referrals, for their own copy of what is kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from domain.referrals.letter import letter_of
from domain.referrals.partners import name_of_asked
from storage.kinds import ReferralState, Travels
from storage.sessions import Session
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee


@dataclass(frozen=True, slots=True)
class Referred:
    at: datetime
    partner: str
    state: ReferralState
    travels: tuple[Travels, ...]
    #: As a caseworker wrote it; None once that was kept long enough.
    need: str | None
    #: Whether a key still does.
    opens: bool = True


async def referrals_of(session: Session, returnee: Returnee) -> list[Referred]:
    """Oldest first. Needs the service's scope."""
    found = await session.scalars(
        select(Referral)
        .where(Referral.returnee_id == returnee.id, Referral.state != ReferralState.TO_DECIDE)
        .order_by(Referral.made_at)
    )
    return [await _in_words(session, referral) for referral in found.all()]


async def _in_words(session: Session, referral: Referral) -> Referred:
    letter = await letter_of(session, referral)
    opens = letter is None or letter.opens
    return Referred(
        referral.made_at,
        await name_of_asked(session, referral),
        referral.state,
        tuple(Travels(each) for each in referral.fields),
        letter.need if letter and opens else None,
        opens,
    )
