"""Somebody leaves the team: their access ends, and nobody waits for them."""

from uuid import UUID

from sqlalchemy import delete

from domain import audit
from domain.actors import Actor
from domain.cases.returning import put_back_all
from domain.children.left import call_for_another_worker
from domain.duty.swaps import keep_from
from domain.errors import Refused
from domain.messages.writers import judge_words_of
from domain.questionnaires.clinicians import call_for_another_clinician
from domain.safeguarding.returning import put_complaints_back
from domain.staff.accounts import end_all_ways, find_colleague
from storage.sessions import Session
from storage.tables.staff import StaffCode


async def disable_staff(session: Session, actor: Actor, staff_id: UUID) -> None:
    """Ends a colleague's access at once, everywhere; whoever they had goes to the others.

    Needs the service's scope. Raises NotAllowed and Refused.
    """
    staff = await find_colleague(session, actor, staff_id)
    if staff.id == actor.staff_id:
        raise Refused("You can't end your own access: ask somebody else who manages the team.")
    staff.disabled_at = session.now
    # What they said of themselves, for whom they would be called first.
    staff.gender, staff.speaks = None, []
    await end_all_ways(session, staff)
    await session.execute(delete(StaffCode).where(StaffCode.staff_id == staff.id))
    await put_complaints_back(session, staff.id)
    await judge_words_of(session, staff.id)
    await keep_from(session, staff)
    await call_for_another_clinician(session, staff)
    await call_for_another_worker(session, staff)
    audit.done_by(
        session, actor, "staff.disabled", staff.id, cases=await put_back_all(session, staff.id)
    )
