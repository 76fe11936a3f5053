"""Somebody is in another country now: all that is still to come follows them there."""

from domain.check_ins.moving import move
from domain.pathways.placing import plan_anew
from storage.sessions import Session
from storage.tables.returnees import Returnee


async def be_in(session: Session, returnee: Returnee, country: str, time_zone: str) -> None:
    """Where the person says they are now: the country, and nothing closer (P14)."""
    if country != returnee.country:
        returnee.region = None
    before, returnee.country, returnee.time_zone = returnee.time_zone, country, time_zone
    await move(session, returnee, from_=before)
    if returnee.time_zone != before:
        await plan_anew(session, returnee)
