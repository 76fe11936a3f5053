"""Whoever wrote to a person, and may write to them no more before it left (decision 0081).

They left the team, stepped back, or are kept apart from the person. Their words reach nobody: they
stand in the case as not delivered, for colleagues to read, who say what of it still holds.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Mapped

from domain.safety.rejudging import judge_barred
from storage.sessions import Session
from storage.tables.cases import Message
from storage.tables.outbox import OutboxRow
from storage.tables.safeguarding import ComplaintMessage, clear_of
from storage.tables.staff import Staff

# Those to a person from the team, and from safeguarding.
_WORDS = (Message, ComplaintMessage)


async def may_write_no_more(session: Session, row_id: UUID) -> bool:
    """Whether such words travel in this row of the outbox. Needs the service's scope, as all of
    this.
    """
    return bool(await session.scalar(select(or_(*_of_somebody_gone(row_id)))))


async def judge_words_of(session: Session, staff_id: UUID, returnee_id: UUID | None = None) -> None:
    """What they wrote to this person, or to anybody, and what waits or is for later, is judged now,
    as far as they may write no more.
    """
    to_them = OutboxRow.returnee_id == returnee_id if returnee_id else true()
    await judge_barred(session, to_them, or_(*_of_somebody_gone(OutboxRow.id, staff_id)))


def _of_somebody_gone(
    row_id: UUID | Mapped[UUID], staff_id: UUID | None = None
) -> list[ColumnElement[bool]]:
    """Within a query: it is words of somebody who may write to that person no more; if said, of
    this one.
    """
    return [
        exists().where(
            words.outbox_id == row_id,
            words.staff_id == staff_id if staff_id else true(),
            Staff.id == words.staff_id,
            or_(Staff.disabled_at.is_not(None), ~clear_of(words.returnee_id)),
        )
        for words in _WORDS
    ]
