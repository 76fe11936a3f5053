"""Whoever was known by their cases alone is a stranger again once the last of these is gone."""

from uuid import UUID

from sqlalchemy import exists, or_, select

from domain.privacy.erasing import remove_person
from storage.kinds import Discretion
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.consent import Consent
from storage.tables.returnees import Enrolment, Returnee, Safety

_IS_GUARDED = or_(Returnee.frozen_at.is_not(None), Returnee.discretion != Discretion.OPEN)


async def remove_stranger(session: Session, returnee_id: UUID) -> None:
    """If this one, who is locked and at rest, is."""
    bound = or_(
        exists().where(Case.returnee_id == returnee_id),
        exists().where(Enrolment.returnee_id == returnee_id, Enrolment.invite_id.is_not(None)),
        # Whoever only ever said no asked for nothing to be kept.
        exists().where(Consent.returnee_id == returnee_id, Consent.granted),
        # Only a worker unfreezes, and nobody but they themselves makes their phone less careful.
        exists().where(Returnee.id == returnee_id, _IS_GUARDED),
        exists().where(Safety.returnee_id == returnee_id, Safety.stop_word.is_not(None)),
    )
    if not await session.scalar(select(bound)):
        await remove_person(session, await session.get_one(Returnee, returnee_id))
