"""What somebody answers by the gesture that answers one message."""

from sqlalchemy import exists, select

from storage.kinds import NoticeClass
from storage.sessions import Session
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee


async def is_from_a_worker(session: Session, returnee: Returnee, number: int) -> bool:
    """Whether in their chat the message of this number, however old, is a worker's about their
    case. Needs the service's scope.
    """
    came = exists().where(
        OutboxRow.returnee_id == returnee.id,
        OutboxRow.message_id == number,
        OutboxRow.notice_class == NoticeClass.HUMAN,
        OutboxRow.case_id.is_not(None),
    )
    return bool(await session.scalar(select(came)))
