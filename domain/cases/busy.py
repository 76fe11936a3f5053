"""Who is in the midst of an emergency, and takes nothing more on."""

from uuid import UUID

from sqlalchemy import select

from storage.cases import Case
from storage.kinds import CaseState, Severity
from storage.sessions import Session


async def in_an_emergency(session: Session, organisation_id: UUID, *, beside: UUID) -> set[UUID]:
    """Staff who have another than the case `beside`; who waits for an answer is in it still."""
    found = await session.scalars(
        select(Case.claimed_by).where(
            Case.organisation_id == organisation_id,
            Case.state.in_((CaseState.CLAIMED, CaseState.WAITING)),
            Case.severity == Severity.EMERGENCY,
            Case.id != beside,
        )
    )
    return {each for each in found if each is not None}
