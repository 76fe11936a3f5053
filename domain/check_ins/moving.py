"""Whoever is in another country is asked at the same hour there."""

from datetime import datetime

from sqlalchemy import select

from domain.calendar import instant, zone
from domain.check_ins.eligibility import Exclusion
from domain.check_ins.outcomes import book
from domain.check_ins.postponing import AN_HOUR, safe_hours
from storage.kinds import CheckInState
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee


async def move(session: Session, returnee: Returnee, *, from_: str) -> None:
    """After the person's clock has changed from that zone's to another's: what campaigns have still
    planned keeps the time that the clock shows, but for what comes in an hour.
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
    window = await safe_hours(session, returnee)
    there, here = zone(from_), zone(returnee.time_zone)

    def moved(check_in: CheckIn) -> datetime:
        if _is_an_hour_off(check_in):
            return window.next_opening(check_in.due_at, here)
        return instant(check_in.due_at.astimezone(there).replace(tzinfo=None), here)

    for check_in in planned:
        lateness = check_in.expires_at - check_in.due_at
        check_in.due_at = moved(check_in)
        check_in.expires_at = check_in.due_at + lateness
        if check_in.expires_at <= session.now:
            # Its hour is over there: nobody failed to ask them.
            book(check_in, CheckInState.SKIPPED, Exclusion.TOO_LATE, session.now)


def _is_an_hour_off(check_in: CheckIn) -> bool:
    """They put it off by an hour, which no clock on the wall changes."""
    put_off_at = check_in.put_off_at
    return put_off_at is not None and check_in.due_at - put_off_at <= AN_HOUR
