"""What safeguarding wrote, and what will never arrive: that reached nobody (P2)."""

from sqlalchemy import select

from storage.sessions import Session
from storage.tables.outbox import OutboxRow
from storage.tables.safeguarding import Complaint, ComplaintMessage


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
