"""What safeguarding wrote, and what will never arrive: that reached nobody (P2)."""

from sqlalchemy import select

from storage.kinds import OutboxState
from storage.outbox.unsent import call_back
from storage.sessions import Session
from storage.tables.outbox import OutboxRow
from storage.tables.safeguarding import Complaint, ComplaintMessage

#: Why it goes no more.
_PAST_LEAD = "past-lead"


async def answer_never_arrived(session: Session, row: OutboxRow) -> None:
    """This row has just failed for good. Needs the service's scope.

    Its complaint's page says so, and alerts begin again, for everybody who may hear it.
    """
    message = await session.scalar(
        select(ComplaintMessage).where(ComplaintMessage.outbox_id == row.id)
    )
    if message is None:
        return
    message.unreached_at = session.now
    complaint = await session.get_one(Complaint, message.complaint_id, with_for_update=True)
    if complaint.closed_at is None:
        complaint.next_alert_at = session.now


async def call_back_answers(session: Session, complaint: Complaint) -> None:
    """Whoever wrote them may be who it is about: what has not left reaches nobody. Needs the
    service's scope.
    """
    answers = select(ComplaintMessage.outbox_id).where(
        ComplaintMessage.complaint_id == complaint.id, ComplaintMessage.outbox_id.is_not(None)
    )
    for row in await call_back(session, _PAST_LEAD, OutboxRow.id.in_(answers)):
        row.state = OutboxState.FAILED
        await answer_never_arrived(session, row)
