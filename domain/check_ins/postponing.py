"""Another time, or never: one tap each."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import case, or_, update

from domain.check_ins.answering import own_check_in
from domain.check_ins.instants import instant
from domain.consent import Shown, give_consent, has_consent
from domain.organisations import zone
from domain.phones import pause
from storage.check_ins import CheckIn
from storage.kinds import CheckInState, How, Purpose
from storage.returnees import Returnee
from storage.sessions import Session

#: The reason of a check-in that the person put off.
ASKED_LATER = "asked-later"
#: And of one that they were asked, and did not want.
DECLINED = "declined"
# How late a check-in that the person put off may still be sent.
LATENESS = timedelta(hours=24)

_UNFINISHED = (
    CheckInState.PLANNED,
    CheckInState.HELD,
    CheckInState.SENDING,
    CheckInState.SENT,
    CheckInState.STARTED,
)


class Later(StrEnum):
    HOUR = "1h"
    TOMORROW = "tomorrow"
    #: Not this one: the next comes when it is planned.
    SKIP = "skip"
    #: Nor anything else that is sent first, until they want it again.
    PAUSE = "pause"
    NEVER = "never"


async def not_now(
    session: Session,
    returnee: Returnee,
    check_in_id: UUID,
    later: Later,
    *,
    shown: Shown | str,
) -> datetime | None:
    """When it will be asked again; None if it won't be, since it is answered or unwanted.

    Never takes the consent to all check-ins back, as given under that notice.
    Raises Refused for somebody else's check-in.
    """
    check_in = await own_check_in(session, returnee, check_in_id)
    if not await has_consent(session, returnee.id, Purpose.CHECK_INS):
        return None
    if later is Later.NEVER:
        await give_consent(session, returnee, Purpose.CHECK_INS, False, shown, how=How.CHECK_IN)
        await _cancel_all(session, returnee)
    if later is Later.PAUSE:
        pause(returnee)
    if check_in.state is CheckInState.ANSWERED:
        return None
    # They answered the prompt: whatever comes of the next one is not their silence (P3).
    check_in.sent_at = check_in.silent_at = check_in.second_prompt_at = None
    if later not in (Later.HOUR, Later.TOMORROW):
        check_in.state, check_in.reason = CheckInState.CANCELLED, DECLINED
        return None
    check_in.state, check_in.reason = CheckInState.PLANNED, ASKED_LATER
    check_in.due_at = _due(returnee, later, session.now)
    check_in.expires_at = check_in.due_at + LATENESS
    return check_in.due_at


def _due(returnee: Returnee, later: Later, now: datetime) -> datetime:
    if later is Later.HOUR:
        return now + timedelta(hours=1)
    place = zone(returnee.time_zone)
    here = now.astimezone(place).replace(tzinfo=None)
    return instant(here + timedelta(days=1), place)


async def _cancel_all(session: Session, returnee: Returnee) -> None:
    """What a pathway has planned for later stays: consent is asked for when its time comes."""
    of_now = or_(CheckIn.pathway.is_(None), CheckIn.due_at <= session.now)
    await session.execute(
        update(CheckIn)
        .where(CheckIn.returnee_id == returnee.id, CheckIn.state.in_(_UNFINISHED), of_now)
        .values(
            state=CheckInState.CANCELLED,
            reason=case((CheckIn.sent_at.is_not(None), DECLINED), else_="unwanted"),
        )
        .execution_options(synchronize_session="fetch")
    )
