"""What is taken off a guarded phone, as its time is over, before anybody opened it: whatever a
worker wrote there reached nobody (P2).
"""

from collections.abc import Collection

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from domain.replies.unreached import never_arrived
from domain.safeguarding.unreached import answer_never_arrived
from storage.kinds import Direction, OutboxState
from storage.sessions import Session
from storage.tables.cases import Case, Message
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import ComplaintMessage

UNOPENED = "unopened"
_ours, _said = aliased(ComplaintMessage), aliased(ComplaintMessage)
_WORKERS_WORDS = or_(
    exists().where(Message.outbox_id == OutboxRow.id),
    exists().where(_ours.outbox_id == OutboxRow.id),
)
# What is kept for those who wrote to them, who were called then and go on with them. A command, or
# words for others, calls none of them.
_WROTE_SINCE = or_(
    exists().where(
        Message.case_id == OutboxRow.case_id,
        Message.direction == Direction.FROM_RETURNEE,
        Message.at > OutboxRow.finished_at,
    ),
    exists().where(
        _ours.outbox_id == OutboxRow.id,
        _said.complaint_id == _ours.complaint_id,
        _said.direction == Direction.FROM_RETURNEE,
        _said.at > OutboxRow.finished_at,
    ),
)


async def taken_unopened(session: Session, returnee: Returnee, numbers: Collection[int]) -> None:
    """The messages of these numbers go now. The person is locked. Needs the service's scope."""
    came = await session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.returnee_id == returnee.id,
            OutboxRow.message_id.in_(numbers),
            OutboxRow.state == OutboxState.SENT,
            _WORKERS_WORDS,
            ~_WROTE_SINCE,
        )
        .order_by(OutboxRow.number)
        .with_for_update()
    )
    for row in came.all():
        row.state, row.error = OutboxState.FAILED, UNOPENED
        await never_arrived(session, row)
        await answer_never_arrived(session, row)
        if row.case_id is not None:
            case = await session.get_one(Case, row.case_id)
            # Nor are they told that nobody has answered: somebody had (P11).
            case.told_waiting_at = case.told_waiting_at or session.now
