"""Whether anybody hears of a case although an alert does not reach one of those it called."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from storage.kinds import UNSENT, NoticeClass, OutboxState
from storage.sessions import Session
from storage.tables.channels import AlertChannel
from storage.tables.outbox import OutboxRow


async def is_heard_all_the_same(
    session: Session,
    case_id: UUID,
    told_at: datetime,
    unreached: Iterable[UUID],
    *,
    lost: UUID | None = None,
) -> bool:
    """By a colleague who was told together with them, or through another channel of theirs.

    `lost`: the row that brought it to them, if there was one.
    """
    beside = exists().where(
        OutboxRow.case_id == case_id,
        OutboxRow.notice_class == NoticeClass.STAFF,
        OutboxRow.created_at == told_at,
        OutboxRow.id.is_distinct_from(lost),
        OutboxRow.state.in_((*UNSENT, OutboxState.SENT)),
    )
    through = exists().where(
        AlertChannel.staff_id.in_(list(unreached)),
        AlertChannel.worked_at.is_not(None),
        AlertChannel.failing_since.is_(None),
    )
    return bool(await session.scalar(select(beside | through)))
