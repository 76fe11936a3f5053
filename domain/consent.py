"""Consent: per purpose, added to a ledger line by line, taken back as easily as given (P5)."""

from uuid import UUID

from sqlalchemy import ScalarSelect, select

from storage.kinds import Purpose
from storage.returnees import Consent, Returnee
from storage.sessions import Session


async def give_consent(
    session: Session, returnee: Returnee, purpose: Purpose, granted: bool, notice_version: str
) -> Consent:
    """The person says yes or no to a purpose, having read that version of the notice."""
    consent = Consent(
        returnee_id=returnee.id,
        purpose=purpose,
        granted=granted,
        notice_version=notice_version,
        language=returnee.language,
        given_at=session.now,
    )
    session.add(consent)
    await session.flush()
    return consent


async def has_consent(session: Session, returnee_id: UUID, purpose: Purpose) -> bool:
    """What the person said last; never asked is no."""
    granted = await session.scalar(
        select(Consent.granted)
        .where(Consent.returnee_id == returnee_id, Consent.purpose == purpose)
        .order_by(Consent.given_at.desc())
        .limit(1)
    )
    return granted is True


def last_word(purpose: Purpose) -> ScalarSelect[bool]:
    """The same within a query of many returnees; null where somebody was never asked."""
    return (
        select(Consent.granted)
        .where(Consent.returnee_id == Returnee.id, Consent.purpose == purpose)
        .order_by(Consent.given_at.desc())
        .limit(1)
        .correlate(Returnee)
        .scalar_subquery()
    )


async def asked_about(session: Session, returnee_id: UUID) -> set[Purpose]:
    """The purposes on which this person has said yes or no."""
    asked = await session.scalars(
        select(Consent.purpose).where(Consent.returnee_id == returnee_id).distinct()
    )
    return set(asked)
