"""Whether anybody hears of a case although an alert does not reach one of those it called."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from domain.channels.reaching import works_beside_telegram
from domain.staff.browsers import is_in_the_console
from domain.staff.colleagues import is_kept_from_somebody
from storage.kinds import UNSENT, NoticeClass, OutboxState
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.staff import Staff


async def is_heard_now(session: Session, case: Case, unreached: Collection[UUID]) -> bool:
    """Whether what was just told of a case that somebody has is heard, although these were not
    reached. Needs the service's scope.
    """
    if not unreached:
        return True
    there = case.claimed_by is not None and await is_in_the_console(session, case.claimed_by)
    return there or await is_heard_all_the_same(session, case, session.asked_at, unreached)


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
    through = works_beside_telegram(case.organisation_id, unreached)
    return bool(await session.scalar(select(beside | through)))


async def hears_nobody(session: Session, case: Case, called: Collection[Staff]) -> bool:
    """Whether no alert of just now gets to any of these, and nothing tells them all."""
    if not await has_no_way(session, case, called):
        return False
    if await session.scalar(select(works_beside_telegram(case.organisation_id, ()))):
        # Which is silent about whoever somebody there must not know of.
        return await is_kept_from_somebody(session, case.organisation_id, case.returnee_id)
    return True


async def has_no_way(session: Session, case: Case, called: Collection[Staff]) -> bool:
    """Whether none of these has joined in Telegram, has a channel that works or looks at the
    console, nor anybody was told of the case together with them.
    """
    if any(staff.telegram_chat is not None for staff in called):
        return False
    ids = {staff.id for staff in called}
    if await is_heard_all_the_same(session, case, session.asked_at, ids):
        return False
    return not any([await is_in_the_console(session, each) for each in ids])
