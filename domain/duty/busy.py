"""Who is in the midst of an emergency, and takes nothing more on."""

from uuid import UUID

from sqlalchemy import Select, select, true

from storage.kinds import CaseState, Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.safeguarding import seen_by


async def in_an_emergency(
    session: Session, organisation_id: UUID, *, beside: UUID, known_to: UUID | None = None
) -> set[UUID]:
    """Staff who have another than the case `beside`; `known_to`: only of people of whom this
    colleague may know.
    """
    seen = seen_by(known_to, Case.returnee_id) if known_to else true()
    found = await session.scalars(with_emergencies(organisation_id).where(Case.id != beside, seen))
    return {each for each in found if each is not None}


def with_emergencies(organisation_id: UUID) -> Select[UUID | None]:
    """Whoever has one of its emergencies; who waits for an answer is in it still."""
    return select(Case.claimed_by).where(
        Case.organisation_id == organisation_id,
        Case.state.in_((CaseState.CLAIMED, CaseState.WAITING)),
        Case.severity == Severity.EMERGENCY,
    )
