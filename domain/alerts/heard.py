"""Whether anybody hears of a case although an alert does not reach one of those it called."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from storage.kinds import UNSENT, NoticeClass, OutboxState
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.channels import AlertChannel
from storage.tables.outbox import OutboxRow


async def is_heard_all_the_same(
    session: Session,
    case: Case,
    told_at: datetime,
    unreached: Collection[UUID],
    *,
    lost: UUID | None = None,
) -> bool:
    """By a colleague who was told together with them, or through another channel of theirs; where
    it was for nobody in particular, of the organisation's.

    `lost`: the row that did not bring it, if there was one.
    """
    beside = exists().where(
        OutboxRow.case_id == case.id,
        OutboxRow.notice_class == NoticeClass.STAFF,
        OutboxRow.created_at == told_at,
        OutboxRow.id.is_distinct_from(lost),
        OutboxRow.state.in_((*UNSENT, OutboxState.SENT)),
    )
    theirs, shared = AlertChannel.staff_id.in_(unreached), AlertChannel.staff_id.is_(None)
    through = exists().where(
        AlertChannel.organisation_id == case.organisation_id,
        theirs if unreached else shared,
        AlertChannel.worked_at.is_not(None),
        AlertChannel.failing_since.is_(None),
    )
    return bool(await session.scalar(select(beside | through)))
