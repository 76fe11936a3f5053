"""What is taken off a guarded phone, as its time is over, before anybody opened it: whatever a
worker wrote there reached nobody (P2).
"""

from collections.abc import Collection

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


async def taken_unopened(session: Session, returnee: Returnee, numbers: Collection[int]) -> None:
    """The messages of these numbers go now. Of somebody who wrote since they came, whoever has the
    case was called then, and goes on with them.

    The person is locked. Needs the service's scope.
    """
    came = await session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.returnee_id == returnee.id,
            OutboxRow.message_id.in_(numbers),
            OutboxRow.state == OutboxState.SENT,
            _WORKERS_WORDS,
        )
        .order_by(OutboxRow.number)
        .with_for_update()
    )
    for row in came.all():
        assert row.finished_at is not None
        if returnee.last_wrote_at is not None and returnee.last_wrote_at > row.finished_at:
            continue
        row.state, row.error = OutboxState.FAILED, UNOPENED
        await never_arrived(session, row)
        await answer_never_arrived(session, row)
