"""A person's decisions about their own phone: who else reads it, and what we may send first."""

from datetime import UTC, datetime

from domain.safety import judge_anew
from storage.kinds import Discretion
from storage.returnees import Returnee, Safety
from storage.sessions import Session

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


async def choose_discretion(session: Session, returnee: Returnee, discretion: Discretion) -> None:
    """Where others read along, we never write first and never ask twice, until told otherwise."""
    returnee.discretion = discretion
    returnee.shared_phone = discretion is not Discretion.OPEN
    if returnee.shared_phone:
        safety = await session.get_one(Safety, returnee.id)
        safety.never_first, safety.second_prompt = True, False


def pause(returnee: Returnee) -> None:
    """Nothing is sent first any more."""
    returnee.paused_until = FOR_EVER


async def resume(session: Session, returnee: Returnee) -> None:
    returnee.paused_until = None
    await judge_anew(session, returnee.id)


def be_in(returnee: Returnee, country: str, time_zone: str) -> None:
    """Where the person says they are now: the country, and nothing closer (P14)."""
    returnee.country, returnee.time_zone = country, time_zone
