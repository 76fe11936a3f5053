"""Who hears a complaint, and how often they are called until somebody looks after it."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlalchemy import select

from domain.cases.deadlines import PACES
from domain.channels.reaching import reach_staff, works_beside_telegram
from domain.notices import Notice
from domain.one_by_one import each_due
from domain.staff.browsers import is_in_the_console
from domain.staff.colleagues import with_first_role, with_roles
from storage.kinds import Role
from storage.sessions import Session
from storage.tables.safeguarding import Complaint
from storage.tables.staff import Staff

log = structlog.get_logger()


async def remind(session: Session) -> int:
    """The tick: alerts of some of those that nobody has looked after. Returns how many."""
    unfinished = Complaint.closed_at.is_(None)
    return await each_due(
        session, Complaint.next_alert_at, _come_back, "complaints.failed", unfinished
    )


async def alert_safeguarding(session: Session, complaint: Complaint) -> None:
    """A code and how urgent it is; nothing about the person (P8)."""
    listeners = await listeners_of(
        session, complaint.organisation_id, complaint.returnee_id, past_lead=complaint.past_lead
    )
    if not listeners:
        log.error("nobody may hear a complaint", action="complaints.nobody")
    facts = {"code": complaint.code, "severity": complaint.severity}
    await reach_staff(session, complaint.organisation_id, listeners, Notice.STAFF_COMPLAINT, facts)
    if not await _any_hears(session, complaint.organisation_id, listeners):
        await _call_administrators(session, complaint, listeners)
    complaint.next_alert_at = session.now + PACES[complaint.severity].repeat


async def _any_hears(session: Session, organisation_id: UUID, called: Sequence[Staff]) -> bool:
    """Who never joined in Telegram looks into the console; so does who is there just now."""
    if any(each.telegram_fails_since is None for each in called):
        return True
    ids = [each.id for each in called]
    if ids and await session.scalar(select(works_beside_telegram(organisation_id, ids))):
        return True
    return any([await is_in_the_console(session, staff_id) for staff_id in ids])


async def _call_administrators(
    session: Session, complaint: Complaint, in_vain: Sequence[Staff]
) -> None:
    """They can tell whoever hears complaints, or name somebody else for it. What it is stays with
    those who hear it: the person was told who that is.
    """
    organisation_id, about = complaint.organisation_id, complaint.returnee_id
    tried = {each.id for each in in_vain}
    found = await with_roles(session, organisation_id, about, Role.ADMIN)
    others = [each for each in found if each.id not in tried]
    await reach_staff(session, organisation_id, others, Notice.STAFF_COMPLAINT_UNHEARD, {})


async def _come_back(session: Session, complaint: Complaint) -> None:
    """Where somebody took it, nothing came of that: it is everybody's again."""
    complaint.taken_by = None
    await alert_safeguarding(session, complaint)


async def listeners_of(
    session: Session, organisation_id: UUID, returnee_id: UUID, *, past_lead: bool
) -> Sequence[Staff]:
    """Those of the safeguarding role; where none of them may hear it, administrators."""
    roles = (Role.ADMIN,) if past_lead else (Role.SAFEGUARDING, Role.ADMIN)
    return await with_first_role(session, organisation_id, returnee_id, *roles)
