"""Saying yes or no, with all that follows from it at once."""

from domain.consent.effects import take_effect
from domain.consent.ledger import Shown, give_consent, has_consent
from domain.consent.renewal import settle
from storage.kinds import How, Purpose
from storage.sessions import Session
from storage.tables.returnees import Returnee


async def change_consent(
    session: Session,
    returnee: Returnee,
    purpose: Purpose,
    granted: bool,
    shown: Shown,
    how: How,
) -> None:
    """The person gives a consent or takes it back, having read that. Needs the service's scope."""
    before = await has_consent(session, returnee.id, purpose)
    await give_consent(session, returnee, purpose, granted, shown, how=how)
    await take_effect(session, returnee, purpose, granted=granted, before=before)
    await settle(session, returnee, shown.version)
