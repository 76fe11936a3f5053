"""Who hears a complaint, and how often they are called until somebody looks after it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from domain.cases.deadlines import PACES
from domain.channels.reaching import reach_staff
from domain.notices import Notice
from domain.one_by_one import each_due
from domain.retention_periods import REVIEWED_EVERY
from domain.safeguarding.recordings import owe_what_older_releases_kept
from domain.staff.colleagues import with_first_role
from storage.kinds import OutboxState, Role
from storage.sessions import Session
from storage.tables.outbox import OutboxRow
from storage.tables.safeguarding import Complaint, ComplaintMessage
from storage.tables.staff import Staff

log = structlog.get_logger()

#: Somebody looks after it, or answered, and nothing came of that.
ACT_WITHIN = timedelta(hours=24)


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
        session, Complaint.next_alert_at, _look_again, "complaints.failed", unfinished
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


async def _look_again(session: Session, complaint: Complaint) -> None:
    """Once the answer that it rests on is on their phone, it rests until it is to be reviewed."""
    assert complaint.next_alert_at is not None
    answered_at = complaint.next_alert_at - ACT_WITHIN
    came = (
        select(ComplaintMessage.id)
        .join(OutboxRow, OutboxRow.id == ComplaintMessage.outbox_id)
        .where(
            ComplaintMessage.complaint_id == complaint.id,
            ComplaintMessage.at == answered_at,
            OutboxRow.state == OutboxState.SENT,
        )
    )
    if await session.scalar(came.exists().select()):
        complaint.next_alert_at = answered_at + REVIEWED_EVERY
    else:
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
