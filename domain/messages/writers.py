"""Whoever wrote to a person, and may write to them no more before it left (decision 0081).

They left the team, stepped back, or are kept apart from the person. Their words reach nobody: they
stand in the case as not delivered, for colleagues to read, who say what of it still holds.
"""

from uuid import UUID

from sqlalchemy import exists, or_, select, true, update

from storage.batches import among
from storage.kinds import NoticeClass, OutboxState
from storage.sessions import Session
from storage.tables.cases import Message
from storage.tables.outbox import OutboxRow
from storage.tables.safeguarding import ComplaintMessage, clear_of
from storage.tables.staff import Staff
from storage.wakes import Topic

# Those to a person from the team, and from safeguarding.
_WORDS = (Message, ComplaintMessage)


async def may_write_no_more(session: Session, row_id: UUID) -> bool:
    """Whether such words travel in this row of the outbox. Needs the service's scope, as all of
    this.
    """
    theirs = [
        exists().where(
            words.outbox_id == row_id,
            Staff.id == words.staff_id,
            or_(Staff.disabled_at.is_not(None), ~clear_of(words.returnee_id)),
        )
        for words in _WORDS
    ]
    return bool(await session.scalar(select(or_(*theirs))))


async def judge_words_of(session: Session, staff_id: UUID, returnee_id: UUID | None = None) -> None:
    """What they wrote to this person, or to anybody, and what waits or is for later, is judged now:
    nobody who reads the case is to count on it until then.
    """
    theirs = [
        exists().where(words.outbox_id == OutboxRow.id, words.staff_id == staff_id)
        for words in _WORDS
    ]
    waiting = (
        select(OutboxRow.id)
        .where(
            OutboxRow.state == OutboxState.HELD,
            OutboxRow.notice_class == NoticeClass.HUMAN,
            OutboxRow.returnee_id == returnee_id if returnee_id else true(),
            or_(*theirs),
        )
        # Delivery locks its rows before the person, so this must not wait for one.
        .with_for_update(skip_locked=True)
    )
    await session.execute(
        update(OutboxRow)
        .where(among(OutboxRow.id, waiting))
        .values(not_before=session.now, state=OutboxState.WAITING)
    )
    session.wakes(Topic.OUTBOX)
