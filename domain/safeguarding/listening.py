"""Who hears a complaint, and how often they are called until somebody looks after it."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from domain.cases.deadlines import PACES
from domain.channels.reaching import reach_staff
from domain.notices import Notice
from domain.one_by_one import each_due
from domain.safeguarding.recordings import owe_what_older_releases_kept
from domain.staff.colleagues import with_first_role
from storage.kinds import Role
from storage.sessions import Session
from storage.tables.safeguarding import Complaint
from storage.tables.staff import Staff

log = structlog.get_logger()


async def remind(session: Session) -> int:
    """The tick: alerts of some of those that nobody has looked after, or in which nobody has heard
    what must be heard by now. Returns how many.
    """
    await owe_what_older_releases_kept(session)
    unfinished = Complaint.closed_at.is_(None)
    unheard = await each_due(
        session, Complaint.listen_by, _call_to_listen, "complaints.failed", unfinished
    )
    return unheard or await each_due(
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
    complaint.next_alert_at = session.now + PACES[complaint.severity].repeat


async def _call_to_listen(session: Session, complaint: Complaint) -> None:
    """Everybody, unless they are called already since nobody looks after it."""
    complaint.listen_by = session.now + PACES[complaint.severity].repeat
    if complaint.taken_by is not None:
        await _come_back(session, complaint)


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
