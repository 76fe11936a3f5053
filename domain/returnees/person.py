"""A person whom staff accompany: found, and locked while something is done about them."""

from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Mapped

from domain.actors import Actor, Right
from domain.errors import Refused
from storage.kinds import Role
from storage.sessions import Session
from storage.tables.privacy import gone_for_the_team, passed_on
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee
from storage.tables.safeguarding import Complaint, open_complaints, seen_by


async def find_returnee(session: Session, actor: Actor, returnee_id: UUID) -> Returnee:
    """Somebody whom the actor's organisation accompanies, locked.

    Raises NotAllowed, and Refused for somebody else's person, and for one from whom they are kept
    apart, as for nobody (P10).
    """
    actor.ensure_may(Right.SEE_PEOPLE)
    # By itself: whoever waited for them may see nothing of them any more.
    await lock_person(session, returnee_id)
    returnee = await session.scalar(
        select(Returnee)
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(Returnee.id == returnee_id, *accompanied(actor))
        .execution_options(populate_existing=True)
    )
    if returnee is None:
        raise Refused("There is no such person.")
    return returnee


async def lock_person(session: Session, returnee_id: UUID) -> None:
    """Whatever else is done about this person waits its turn."""
    await session.execute(
        select(Returnee.id).where(Returnee.id == returnee_id).with_for_update(key_share=True)
    )


async def lock_if_free(session: Session, returnee_id: UUID, *, key_share: bool = True) -> bool:
    """`lock_person` where nobody else holds it, and whether it did: a tick may hold what others
    wait for, and waits for nobody itself.

    Without `key_share` only where nobody writes anything of theirs down either, as some do who do
    not lock the person: for what may take the person away.
    """
    found = await session.scalar(
        select(Returnee.id)
        .where(Returnee.id == returnee_id)
        .with_for_update(key_share=key_share, skip_locked=True)
    )
    return found is not None


def accompanied(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Within a query of people and their enrolments: those who are with the actor's organisation,
    and whom the actor may see.
    """
    return (
        Enrolment.organisation_id == actor.organisation_id,
        STILL_ENROLLED,
        seen_by(actor.staff_id, Enrolment.returnee_id),
        seen_by_role(actor, Enrolment.returnee_id),
    )


def seen_by_role(
    actor: Actor, returnee_id: ColumnElement[UUID] | Mapped[UUID]
) -> ColumnElement[bool]:
    """Within a query: those whom staff had forgotten are left to safeguarding alone, and there
    neither to whoever passed it on, nor to a lead whom a complaint goes past.
    """
    here = actor.organisation_id
    seen = ~gone_for_the_team(here, returnee_id)
    if not actor.may(Right.SAFEGUARD):
        return seen
    left_to_them = ~passed_on(here, returnee_id, actor.staff_id)
    if actor.role is Role.SAFEGUARDING:
        goes_past_them = open_complaints(returnee_id).where(Complaint.past_lead)
        left_to_them &= ~goes_past_them.exists()
    return seen | left_to_them
