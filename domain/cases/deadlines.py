"""How soon somebody must act. An organisation may set its own deadlines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storage.kinds import Severity


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
_WORKING_DAYS = (0, 1, 2, 3, 4)
_DAY_ENDS = time(17)


def deadline(
    severity: Severity, now: datetime, zone: ZoneInfo, settings: Mapping[str, Any]
) -> datetime:
    """When somebody must have tried to reach the person, in UTC.

    `zone` and `settings` are the organisation's: {"deadlines": {"urgent": minutes}, "working_days":
    [0-6, Monday is 0]}. A severity counted in minutes ignores office hours.
    """
    minutes = settings.get("deadlines", {}).get(severity)
    span = PACES[severity].first_action if minutes is None else timedelta(minutes=minutes)
    if span is not None:
        return now + span
    return _end_of_next_working_day(now, zone, settings.get("working_days") or _WORKING_DAYS)


def _end_of_next_working_day(
    now: datetime, zone: ZoneInfo, working_days: tuple[int, ...]
) -> datetime:
    day = now.astimezone(zone).date() + timedelta(days=1)
    while day.weekday() not in working_days:
        day += timedelta(days=1)
    return datetime.combine(day, _DAY_ENDS, zone).astimezone(UTC)
