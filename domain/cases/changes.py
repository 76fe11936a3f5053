"""Whether a case looks different from before, without reading any of its words."""

from uuid import UUID

from sqlalchemy import func, select

from domain.actors import Actor
from domain.cases.finding import find_case
from storage.cases import CaseEvent, Message
from storage.kinds import OutboxState
from storage.outbox import OutboxRow
from storage.sessions import Session


async def mark_of(session: Session, actor: Actor, case_id: UUID) -> str:
    """Stays the same until something is said, edited, heard, done or delivered.

    Raises NotAllowed and Refused.
    """
    await find_case(session, actor, case_id)
    event = await session.scalar(
        select(func.max(CaseEvent.number)).where(CaseEvent.case_id == case_id)
    )
    row = await session.execute(
        select(
            func.max(Message.number),
            func.count(Message.heard_at),
            # An edit is longer than what it replaces, by its time.
            func.sum(func.octet_length(Message.body)),
            func.count(OutboxRow.id).filter(OutboxRow.state == OutboxState.HELD),
            func.count(OutboxRow.id).filter(
                OutboxRow.state.not_in((OutboxState.HELD, OutboxState.WAITING))
            ),
            func.count(OutboxRow.held),
        )
        .outerjoin(OutboxRow, OutboxRow.id == Message.outbox_id)
        .where(Message.case_id == case_id)
    )
    return "-".join(str(part or 0) for part in (event, *row.one()))
