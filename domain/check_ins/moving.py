"""Whoever is in another country is asked at the same hour there."""

from datetime import datetime

from sqlalchemy import select

from domain.calendar import instant, zone
from storage.kinds import CheckInState
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee


async def move(session: Session, returnee: Returnee, *, from_: str) -> None:
    """After the person's clock has changed from that zone's to another's: what campaigns have still
    planned keeps the time that the clock shows.
    """
    if returnee.time_zone == from_:
        return
    planned = await session.scalars(
        select(CheckIn).where(
            CheckIn.returnee_id == returnee.id,
            CheckIn.campaign_id.is_not(None),
            CheckIn.state == CheckInState.PLANNED,
            CheckIn.due_at > session.now,
        )
    )
    there, here = zone(from_), zone(returnee.time_zone)

    def moved(moment: datetime) -> datetime:
        return instant(moment.astimezone(there).replace(tzinfo=None), here)

    for check_in in planned:
        lateness = check_in.expires_at - check_in.due_at
        check_in.due_at = moved(check_in.due_at)
        check_in.expires_at = check_in.due_at + lateness
