"""The time after a restore in which nobody is asked or told anything by itself.

Since the backup they may have frozen their chat, paused, or said no, and nobody remembers it.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.retention_periods import TIME_TO_ANSWER
from storage.sessions import Session
from storage.tables.service import Fact

#: Why something waits, was called back or was missed by us alone: a backup was restored.
RESTORED = "restored"


async def begin_quiet(session: AsyncSession, now: datetime) -> None:
    """With a restore; an earlier one's is over."""
    await session.merge(Fact(name=RESTORED, value={}, changed_at=now))


async def quiet_until(session: Session) -> datetime | None:
    """Until when; None when nothing was restored lately. Needs the service's scope."""
    at = await restored_at(session)
    return None if at is None else at + TIME_TO_ANSWER


async def restored_at(session: Session) -> datetime | None:
    """Since when it is quiet; None when nothing was restored lately. Needs the service's scope."""
    at = await newest_restore(session)
    return None if at is None or session.now >= at + TIME_TO_ANSWER else at


async def newest_restore(session: Session) -> datetime | None:
    """The same however long ago it was. Needs the service's scope."""
    fact = await session.get(Fact, RESTORED)
    return fact.changed_at if fact is not None else None
