"""What was on its way to staff and will never arrive: others hear it instead (P2)."""

from sqlalchemy import exists, select

from domain.alerts.telling import widen
from domain.channels.telegram import takes_nothing
from domain.returnees.person import lock_person
from storage.kinds import UNSENT, NoticeClass, OutboxState
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.channels import AlertChannel
from storage.tables.outbox import OutboxRow
from storage.tables.staff import Staff


async def alert_never_arrived(session: Session, row: OutboxRow, *, blocked: bool) -> None:
    """This row has just failed for good. Needs the service's scope.

    Without a look at what it says: that may be just what nobody could read.
    """
    if row.notice_class is not NoticeClass.STAFF:
        return
    staff = await session.scalar(
        select(Staff)
        .where(Staff.telegram_chat_key == row.lane)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if staff is not None and blocked:
        await takes_nothing(session, staff, row.created_at)
    if row.case_id is None:
        return
    case = await session.get_one(Case, row.case_id)
    await lock_person(session, case.returnee_id)
    await session.refresh(case, with_for_update=True)
    if not await _is_heard_all_the_same(session, row, staff):
        await widen(session, case)


async def _is_heard_all_the_same(session: Session, row: OutboxRow, staff: Staff | None) -> bool:
    """By a colleague who was told together with them, or through another channel of theirs."""
    beside = exists().where(
        OutboxRow.case_id == row.case_id,
        OutboxRow.notice_class == NoticeClass.STAFF,
        OutboxRow.created_at == row.created_at,
        OutboxRow.id != row.id,
        OutboxRow.state.in_((*UNSENT, OutboxState.SENT)),
    )
    through = exists().where(
        AlertChannel.staff_id == (staff.id if staff else None),
        AlertChannel.worked_at.is_not(None),
        AlertChannel.failing_since.is_(None),
    )
    return bool(await session.scalar(select(beside | through)))
