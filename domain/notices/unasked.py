"""What comes to a phone without being asked for: whoever writes below it answers that."""

from datetime import datetime

from sqlalchemy import select, update

from storage.batches import among
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


async def close_question(session: Session, returnee: Returnee, row: OutboxRow) -> None:
    """This row leaves now, and comes below the question that typed words answer. What waits behind
    it, such as that very question, comes below it in turn; and whoever is locked writes just now,
    and has not seen it.
    """
    if row.notice_class not in UNASKED or returnee.typing_for is None:
        return
    behind = select(OutboxRow.id).where(
        OutboxRow.lane == row.lane,
        OutboxRow.state == OutboxState.WAITING,
        OutboxRow.number > row.number,
    )
    theirs = (
        select(Returnee.id)
        .where(
            Returnee.id == returnee.id,
            Returnee.typing_for == returnee.typing_for,
            ~behind.exists(),
        )
        .with_for_update(skip_locked=True, key_share=True)
    )
    await session.execute(
        update(Returnee).where(among(Returnee.id, theirs)).values(typing_for=None)
    )
