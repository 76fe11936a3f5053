"""Another time, or never: one tap each."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import case, exists, or_, select, tuple_, update

from domain.calendar import instant, local_day, zone
from domain.check_ins.answering import own_check_in
from domain.check_ins.due import locked
from domain.check_ins.put_off import ASKED_LATER
from domain.check_ins.sending import holding_wish, over
from domain.consent import Shown, give_consent, has_consent
from domain.errors import Refused
from domain.safety.contacts import contact_with
from domain.safety.phones import pause
from domain.safety.window import UNKNOWN, USUAL, Window, window_of
from storage.kinds import NOT_SENT_YET, CheckInState, Hold, How, Purpose
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, Safety

#: The reason of a check-in that they were asked, and did not want.
DECLINED = "declined"
# How late a check-in that the person put off may still be sent.
LATENESS = timedelta(hours=24)
AN_HOUR = timedelta(hours=1)
# Somebody chooses among the days of a week; tomorrow is offered by itself.
_DAYS_AHEAD = range(2, 9)

_UNFINISHED = (*NOT_SENT_YET, CheckInState.SENT, CheckInState.STARTED)
# Nothing is left to ask, or another row asks it.
_OVER = (CheckInState.ANSWERED, CheckInState.SUPERSEDED)


class DayPassed(Refused):
    """A day that can't be chosen, or not any more."""


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
    if check_in.state in _OVER:
        return None
    if later not in (Later.HOUR, Later.TOMORROW) or await _is_over(session, check_in):
        _decline(check_in)
        return None
    window = await safe_hours(session, returnee)
    return _ask_again(check_in, _due(returnee, window, later, session.now), session.now)


async def comes_again(session: Session, returnee: Returnee, check_in_id: UUID) -> bool:
    """Whether it would, on whatever day they choose. Raises Refused."""
    check_in = await own_check_in(session, returnee, check_in_id)
    return check_in.state not in _OVER and not await _is_over(session, check_in)


async def days_ahead(session: Session, returnee: Returnee, check_in_id: UUID) -> list[date]:
    """The days after tomorrow on which they may be written to. Raises Refused."""
    await own_check_in(session, returnee, check_in_id)
    window = await safe_hours(session, returnee)
    today = local_day(session.now, returnee.time_zone)
    found = [today + timedelta(days=ahead) for ahead in _DAYS_AHEAD]
    return [day for day in found if day.weekday() in window.days]


async def on_day(
    session: Session, returnee: Returnee, check_in_id: UUID, day: date
) -> datetime | None:
    """When it will be asked again: on that day, within the hours that they called safe.

    None if it won't be, as above. Raises Refused, and DayPassed for a day that is not ahead.
    """
    check_in = await own_check_in(session, returnee, check_in_id)
    today = local_day(session.now, returnee.time_zone)
    if not today < day <= today + timedelta(days=max(_DAYS_AHEAD)):
        raise DayPassed("That time has passed: choose one that is still to come.")
    if not await has_consent(session, returnee.id, Purpose.CHECK_INS):
        return None
    if check_in.state in _OVER:
        return None
    if await _is_over(session, check_in):
        _decline(check_in)
        return None
    window = await safe_hours(session, returnee)
    return _ask_again(check_in, _on(day, returnee, window, session.now), session.now)


async def ask_once_more(session: Session, gone: Collection[tuple[UUID, int]], at: datetime) -> None:
    """These people's messages of these numbers go off their phones now. What asked them how they
    are, and they have not answered, comes once more then, as if they had put it off, and not for
    ever (P12); what would not come any more is nobody's silence. The people are locked. Needs the
    service's scope.
    """
    prompt = tuple_(OutboxRow.returnee_id, OutboxRow.message_id).in_(gone)
    found = await session.execute(
        select(CheckIn, Returnee)
        .join(Returnee, Returnee.id == CheckIn.returnee_id)
        .where(
            CheckIn.returnee_id.in_({person for person, _ in gone}),
            CheckIn.state.in_((CheckInState.SENT, CheckInState.STARTED)),
            CheckIn.sent_at.is_not(None),
            CheckIn.silent_at.is_not(None),
            CheckIn.second_prompt_at.is_(None),
            exists().where(OutboxRow.check_in_id == CheckIn.id, prompt),
        )
        .with_for_update(of=CheckIn, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for check_in, returnee in found.all():
        if await _is_over(session, check_in):
            # They can't see it any more to answer it.
            check_in.silent_at = None
            continue
        window = await safe_hours(session, returnee)
        due_at = window.next_opening(at, zone(returnee.time_zone))
        _ask_again(check_in, due_at, session.now)
        check_in.second_prompt_at = session.now


async def put_aside(session: Session, returnee: Returnee, check_in_id: UUID) -> None:
    """It waits for whoever can't be asked on any day: they answered the prompt, and are not taken
    for silent (P3). Raises Refused.
    """
    tomorrow = local_day(session.now, returnee.time_zone) + timedelta(days=1)
    await on_day(session, returnee, check_in_id, tomorrow)


async def wish_against(
    session: Session, returnee: Returnee, check_in_id: UUID, at: datetime
) -> Hold | None:
    """Which wish of theirs keeps it from being asked then, once no emergency is open any more. It
    waits all the same: whoever asks for it has it, and they may wish otherwise by then.
    """
    check_in = await own_check_in(session, returnee, check_in_id)
    contact = await contact_with(session, returnee, check_in.organisation_id)
    return holding_wish(replace(contact, emergency_open=False), at)


async def _is_over(session: Session, check_in: CheckIn) -> bool:
    """Whether it would not come anyway, since its campaign was stopped, say: nobody is told that
    they will be asked who won't be (P11).
    """
    due = (await locked(session, [check_in.id])).get(check_in.id)
    return due is not None and over(due) is not None


def _decline(check_in: CheckIn) -> None:
    _asked_before(check_in)
    check_in.state, check_in.reason = CheckInState.CANCELLED, DECLINED


def _asked_before(check_in: CheckIn) -> None:
    """They answered the prompt: whatever comes of the next one is not their silence (P3)."""
    check_in.sent_at = check_in.silent_at = check_in.second_prompt_at = None


def _ask_again(check_in: CheckIn, due_at: datetime, now: datetime) -> datetime:
    _asked_before(check_in)
    check_in.state, check_in.reason = CheckInState.PLANNED, ASKED_LATER
    check_in.put_off_at = now
    check_in.due_at, check_in.expires_at = due_at, due_at + LATENESS
    return due_at


def _due(returnee: Returnee, window: Window, later: Later, now: datetime) -> datetime:
    """Within the safe hours from the first: what waits for them longer than it may be late would
    count as missed by us.
    """
    place = zone(returnee.time_zone)
    if later is Later.HOUR:
        return window.next_opening(now + AN_HOUR, place)
    return _on(now.astimezone(place).date() + timedelta(days=1), returnee, window, now)


def _on(day: date, returnee: Returnee, window: Window, now: datetime) -> datetime:
    """At this time of day if that is a good one there, or else when that day's hours begin."""
    place = zone(returnee.time_zone)
    same_time = instant(datetime.combine(day, now.astimezone(place).time()), place)
    if window.holds(same_time.astimezone(place)):
        return same_time
    return window.next_opening(instant(datetime.combine(day, window.opens), place), place)


async def safe_hours(session: Session, returnee: Returnee) -> Window:
    """By which something is planned for them; the usual ones where no key opens theirs: nothing is
    asked before they choose anew.
    """
    window = await window_of(session, returnee.id, await session.get_one(Safety, returnee.id))
    return USUAL if window == UNKNOWN else window


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
