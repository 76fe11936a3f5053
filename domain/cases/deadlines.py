"""How soon somebody must act. An organisation may set its own deadlines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.calendar import zone
from storage.kinds import Severity
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
#: When a working day is over, on the organisation's clock.
DAY_ENDS = time(17)
_MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)


def deadline(
    severity: Severity, now: datetime, zone: ZoneInfo, settings: Mapping[str, Any]
) -> datetime:
    """When somebody must have tried to reach the person, in UTC.

    `zone` and `settings` are the organisation's. A severity counted in minutes ignores office
    hours.
    """
    span = first_action_within(settings, severity)
    if span is not None:
        return now + span
    return _end_of_next_working_day(now, zone, working_days(settings))


def deadline_of(organisation: Organisation, severity: Severity, now: datetime) -> datetime:
    """As `deadline`, by the organisation's clock and settings."""
    return deadline(severity, now, zone(organisation.time_zone), organisation.settings)


def first_action_within(settings: Mapping[str, Any], severity: Severity) -> timedelta | None:
    """None: until the end of the next working day."""
    minutes = settings.get(DEADLINES, {}).get(severity)
    return PACES[severity].first_action if minutes is None else timedelta(minutes=minutes)


def working_days(settings: Mapping[str, Any]) -> Sequence[int]:
    return settings.get(WORKING_DAYS) or _MONDAY_TO_FRIDAY


def _end_of_next_working_day(now: datetime, zone: ZoneInfo, days: Sequence[int]) -> datetime:
    day = now.astimezone(zone).date() + timedelta(days=1)
    while day.weekday() not in days:
        day += timedelta(days=1)
    return datetime.combine(day, DAY_ENDS, zone).astimezone(UTC)
