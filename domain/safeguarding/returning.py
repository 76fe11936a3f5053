"""Complaints go back to everybody who may hear them: none rests with somebody who is not there."""

from uuid import UUID

from sqlalchemy import ColumnElement, update

from storage.sessions import Session
from storage.tables.safeguarding import Complaint


async def put_complaints_back(session: Session, staff_id: UUID, *of: ColumnElement[bool]) -> None:
    """Whatever they look after, or these alone: alerts begin again (P2). Needs the service's
    scope.
    """
    await session.execute(
        update(Complaint)
        .where(Complaint.taken_by == staff_id, Complaint.closed_at.is_(None), *of)
        .values(taken_by=None, next_alert_at=session.now)
    )
