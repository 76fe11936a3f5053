"""When a campaign asks: once, again and again, or so many days after each person's return.

All of it is wall-clock time, which domain/calendar.py turns into an instant where each person is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Any

from domain.calendar import months_after
from domain.errors import Refused
from domain.pathways.values import Anchor
from storage.tables.campaigns import Campaign

LONGEST_INTERVAL = 52
LONGEST_AFTER = 5 * 366
LONGEST_BEFORE = 365
ONCE = "once"
_MONTH = "after-"


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Once:
    """At the campaign's time."""


@dataclass(frozen=True, slots=True)
class Every:
    """From the campaign's time on, at the same time of day."""

    unit: Unit
    interval: int = 1
    #: The last day on which it asks.
    until: date | None = None

    def occasions(self, first: datetime) -> Iterator[datetime]:
        """Of a month that is too short, the last day."""
        for number in count():
            occasion = self._after(first, number * self.interval)
            if self.until is not None and occasion.date() > self.until:
                return
            yield occasion

    def _after(self, first: datetime, units: int) -> datetime:
        if self.unit is Unit.MONTH:
            return months_after(first, units)
        days = units * (7 if self.unit is Unit.WEEK else 1)
        return first + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class After:
    """So many days after a person's return or departure, or before the departure if negative, at
    the campaign's time of day; nobody whose day comes before the campaign's own.
    """

    days: int
    of: Anchor = Anchor.ARRIVAL

    def local_time(self, first: datetime, day: date) -> datetime:
        return datetime.combine(day + timedelta(days=self.days), first.time())


Schedule = Once | Every | After
JUST_ONCE = Once()


def every(unit: str, interval: int, until: date | None) -> Every:
    """Raises Refused."""
    if unit not in list(Unit) or not 1 <= interval <= LONGEST_INTERVAL:
        raise Refused("Again and again means every 1 to {most} days, weeks or months.", most=52)
    return Every(Unit(unit), interval, until)


def after(days: int, of: str = Anchor.ARRIVAL) -> After:
    """Of a return it is known only once it is over. Raises Refused."""
    if of not in list(Anchor):
        raise Refused("Days are counted from the departure or from the arrival.")
    if of == Anchor.ARRIVAL and not 0 <= days <= LONGEST_AFTER:
        raise Refused("A check-in comes 0 to {most} days after the return.", most=LONGEST_AFTER)
    if not -LONGEST_BEFORE <= days <= LONGEST_AFTER:
        raise Refused(
            "A check-in comes at most {before} days before the departure or {most} after it.",
            before=LONGEST_BEFORE,
            most=LONGEST_AFTER,
        )
    return After(days, Anchor(of))


def to_keep(schedule: Schedule) -> dict[str, Any] | None:
    match schedule:
        case Once():
            return None
        case Every(unit, interval, until):
            kept = {"every": unit, "interval": interval}
            return {**kept, "until": until.isoformat()} if until else kept
        case After(days, of):
            return {"after": days} if of is Anchor.ARRIVAL else {"after": days, "of": of}


def schedule_of(campaign: Campaign) -> Schedule:
    kept = campaign.schedule
    if kept is None:
        return JUST_ONCE
    if "after" in kept:
        return After(kept["after"], Anchor(kept.get("of", Anchor.ARRIVAL)))
    until = date.fromisoformat(kept["until"]) if "until" in kept else None
    return Every(Unit(kept["every"]), kept["interval"], until)


def first_time(campaign: Campaign) -> datetime:
    return datetime.fromisoformat(campaign.local_time)


def coming(campaign: Campaign, wall_time: datetime) -> datetime | None:
    """Of one that comes again and again, its first time that is still to come on that clock."""
    match schedule_of(campaign):
        case Every() as schedule:
            times = schedule.occasions(first_time(campaign))
            return next((each for each in times if each > wall_time), None)
        case _:
            return None


def step_of(campaign: Campaign, local_time: datetime) -> str:
    """By which the check-ins that are counted together are known. Of one that comes so many days
    after each return, all of a month.
    """
    match schedule_of(campaign):
        case Once():
            return ONCE
        case Every():
            return local_time.isoformat(timespec="minutes")
        case After():
            return f"{_MONTH}{local_time:%Y-%m}"


def asks_until(step: str) -> datetime:
    """Before then, there may come more check-ins of that step."""
    if not step.startswith(_MONTH):
        return datetime.min.replace(tzinfo=UTC)
    month = datetime.fromisoformat(step.removeprefix(_MONTH) + "-01").replace(tzinfo=UTC)
    # The longest of them has ended everywhere on earth.
    return month + timedelta(days=32)
