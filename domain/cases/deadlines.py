"""How soon somebody must act. An organisation may set its own deadlines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.calendar import zone
from domain.cases.holidays import holidays_from, is_holiday
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.duty import TimeOff
from storage.tables.organisations import Organisation


@dataclass(frozen=True, slots=True)
class Pace:
    """The spans of one severity."""

    #: Until somebody must have tried to reach the person; None: the end of the next working day.
    first_action: timedelta | None
    #: Until whoever claimed the case must have tried, or it falls back to the queue.
    claim: timedelta
    #: Between alerts once the deadline has passed.
    repeat: timedelta


PACES: dict[Severity, Pace] = {
    Severity.EMERGENCY: Pace(timedelta(minutes=5), timedelta(minutes=5), timedelta(minutes=10)),
    Severity.URGENT: Pace(timedelta(minutes=60), timedelta(minutes=15), timedelta(minutes=30)),
    Severity.CONCERN: Pace(None, timedelta(hours=4), timedelta(hours=4)),
}
#: Of an organisation's settings: {"urgent": minutes}, and [0-6, Monday is 0].
DEADLINES, WORKING_DAYS = "deadlines", "working_days"
#: When a working day begins and when it is over, on the organisation's clock.
DAY_BEGINS, DAY_ENDS = time(9), time(17)
_MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
#: However long holidays last, nobody waits longer than for the last working day of these.
_FURTHEST = 14


def deadline(
    severity: Severity,
    now: datetime,
    zone: ZoneInfo,
    settings: Mapping[str, Any],
    off: Sequence[TimeOff] = (),
) -> datetime:
    """When somebody must have tried to reach the person, in UTC.

    `zone`, `settings` and `off`, its holidays, are the organisation's. A severity counted in
    minutes ignores office hours.
    """
    span = first_action_within(settings, severity)
    if span is not None:
        return now + span
    return _on_next_working_day(DAY_ENDS, now, zone, settings, off)


async def deadline_of(
    session: Session, organisation: Organisation, severity: Severity, now: datetime
) -> datetime:
    """As `deadline`, by the organisation's clock, settings and holidays."""
    place, settings = zone(organisation.time_zone), organisation.settings
    off: Sequence[TimeOff] = ()
    if first_action_within(settings, severity) is None:
        off = await holidays_from(session, organisation.id, now.astimezone(place).date())
    return deadline(severity, now, place, settings, off)


def first_action_within(settings: Mapping[str, Any], severity: Severity) -> timedelta | None:
    """None: until the end of the next working day."""
    minutes = settings.get(DEADLINES, {}).get(severity)
    return PACES[severity].first_action if minutes is None else timedelta(minutes=minutes)


def working_days(settings: Mapping[str, Any]) -> Sequence[int]:
    return settings.get(WORKING_DAYS) or _MONDAY_TO_FRIDAY


def is_working_time(
    now: datetime, zone: ZoneInfo, settings: Mapping[str, Any], off: Sequence[TimeOff] = ()
) -> bool:
    """Whether what can wait calls the team now; as for `deadline`, by its own clock and days."""
    there = now.astimezone(zone)
    works = there.weekday() in working_days(settings) and not is_holiday(there.date(), off)
    return works and DAY_BEGINS <= there.time() < DAY_ENDS


def next_working_morning(
    now: datetime, zone: ZoneInfo, settings: Mapping[str, Any], off: Sequence[TimeOff] = ()
) -> datetime:
    """In UTC, of a day after this one; as for `deadline`."""
    return _on_next_working_day(DAY_BEGINS, now, zone, settings, off)


def _on_next_working_day(
    at: time,
    now: datetime,
    zone: ZoneInfo,
    settings: Mapping[str, Any],
    off: Sequence[TimeOff],
) -> datetime:
    today = now.astimezone(zone).date()
    ahead = [today + timedelta(days=number) for number in range(1, _FURTHEST + 1)]
    working = [day for day in ahead if day.weekday() in working_days(settings)]
    day = next((day for day in working if not is_holiday(day, off)), working[-1])
    return datetime.combine(day, at, zone).astimezone(UTC)
