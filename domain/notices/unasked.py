"""What comes to a phone without being asked for: whoever writes below it answers that."""

from datetime import datetime

from sqlalchemy import select

from storage.kinds import NoticeClass, OutboxState
from storage.sessions import Session
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee

UNASKED = (NoticeClass.HUMAN, NoticeClass.ROUTINE)


async def came_unasked(session: Session, returnee: Returnee, since: datetime) -> bool:
    """Whether anything did since, before they wrote or pressed what is handled now."""
    came = select(OutboxRow.id).where(
        OutboxRow.returnee_id == returnee.id,
        OutboxRow.notice_class.in_(UNASKED),
        OutboxRow.state == OutboxState.SENT,
        OutboxRow.finished_at > since,
        OutboxRow.finished_at <= session.asked_at,
    )
    return bool(await session.scalar(select(came.exists())))
