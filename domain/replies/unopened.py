"""What is taken off a guarded phone, as its time is over, before anybody opened it: whatever a
worker wrote there reached nobody (P2).
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import exists, or_, select

from domain.replies.unreached import never_arrived
from domain.safeguarding.unreached import answer_never_arrived
from storage.kinds import OutboxState
from storage.sessions import Session
from storage.tables.cases import Message
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import ComplaintMessage

UNOPENED = "unopened"
_WORKERS_WORDS = or_(
    exists().where(Message.outbox_id == OutboxRow.id),
    exists().where(ComplaintMessage.outbox_id == OutboxRow.id),
)


async def taken_unopened(session: Session, gone: Collection[tuple[UUID, int]]) -> None:
    """These people's messages of these numbers go now. Of somebody who wrote since they came,
    whoever has the case was called then, and goes on with them.

    The people are locked. Needs the service's scope.
    """
    came = await session.scalars(
        select(OutboxRow)
        .join(Returnee, Returnee.id == OutboxRow.returnee_id)
        .where(
            OutboxRow.returnee_id.in_({person for person, _ in gone}),
            OutboxRow.message_id.in_({number for _, number in gone}),
            OutboxRow.state == OutboxState.SENT,
            or_(Returnee.last_wrote_at.is_(None), Returnee.last_wrote_at <= OutboxRow.finished_at),
            _WORKERS_WORDS,
        )
        .order_by(OutboxRow.number)
        .with_for_update(of=OutboxRow)
    )
    for row in came.all():
        if (row.returnee_id, row.message_id) not in gone:
            continue
        row.state, row.error = OutboxState.FAILED, UNOPENED
        await never_arrived(session, row)
        await answer_never_arrived(session, row)
