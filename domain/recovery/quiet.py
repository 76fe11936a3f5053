"""The time after a restore in which nobody is asked or told anything by itself.

Since the backup they may have frozen their chat, paused, or said no, and nobody remembers it.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.spans import TIME_TO_ANSWER
from storage.sessions import Session
from storage.tables.returnees import Returnee
from storage.tables.service import Fact

#: Why something waits, was called back or was missed by us alone: a backup was restored.
RESTORED = "restored"


async def begin_quiet(session: AsyncSession, now: datetime) -> None:
    """With a restore; an earlier one's is over."""
    await session.merge(Fact(name=RESTORED, value={}, changed_at=now))


async def quiet_until(session: Session) -> datetime | None:
    """Until when; None when nothing was restored lately. Needs the service's scope."""
    restored_at = await _restored_at(session)
    return None if restored_at is None else restored_at + TIME_TO_ANSWER


async def is_unheard_of(session: Session, returnee: Returnee) -> bool:
    """Whether nothing came from their phone since a backup was restored lately. Needs the service's
    scope.
    """
    restored_at = await _restored_at(session)
    wrote_at = returnee.last_wrote_at
    return restored_at is not None and (wrote_at is None or wrote_at <= restored_at)


async def _restored_at(session: Session) -> datetime | None:
    fact = await session.get(Fact, RESTORED)
    if fact is None or session.now >= fact.changed_at + TIME_TO_ANSWER:
        return None
    return fact.changed_at
