"""What a life alone allowed us to keep at the time of a backup: the person may have said since that
it may stay, and nobody remembers that yes (P5).
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.retention_periods import TIME_TO_ANSWER
from storage.tables.cases import Case, Message
from storage.tables.safeguarding import ComplaintMessage


async def put_off_forgetting(session: AsyncSession, now: datetime) -> None:
    """Nothing of it goes in the quiet after a restore; some would in its first minute."""
    quiet_ends = now + TIME_TO_ANSWER
    for goes_at in (Case.erase_at, Message.forget_at, ComplaintMessage.forget_at):
        await session.execute(
            update(goes_at.class_)
            .where(goes_at < quiet_ends)
            .values({goes_at: quiet_ends})
            .execution_options(synchronize_session=False)
        )
