"""Whether doors are open, by HSDS's schedules, on the clocks of the place."""

from calendar import isleap, monthrange
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import monday_of
from domain.countries import zone_of, zone_or_utc
from domain.directory.values import Schedule, Service

#: As iCalendar and HSDS write them.
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def is_service_open(service: Service, at: datetime) -> bool | None:
    """Whether any of its doors is open; None where its hours or its clocks are not known."""
    if service.locations:
        return any_open(doors_open(service, at))
    return _is_open_there(service, _home(service), (), at)


def doors_open(service: Service, at: datetime) -> tuple[bool | None, ...]:
    """Of each of its doors, whether it is open; None where that is not known."""
    return tuple(
        _is_open_there(service, place.country, place.schedules, at) for place in service.locations
    )


def with_hours_that_hold(service: Service, at: datetime) -> Service:
    """Itself without the hours that are over, such as those of last summer: else a door would go
    by these instead of the service's own.
    """
    return replace(
        service,
        schedules=_not_over(service.schedules, _home(service), at),
        locations=tuple(
            replace(place, schedules=_not_over(place.schedules, place.country, at))
            for place in service.locations
        ),
    )


def _home(service: Service) -> str:
    """By whose clocks its own hours are; "" where nobody said."""
    doors = (place.country for place in service.locations)
    areas = (area.country for area in service.areas)
    return next(filter(None, (*doors, *areas)), "")


def _not_over(schedules: tuple[Schedule, ...], country: str, at: datetime) -> tuple[Schedule, ...]:
    local = at.astimezone(ZoneInfo(zone_or_utc(country)))
    return tuple(each for each in schedules if not _is_over(each, local))


def _is_over(schedule: Schedule, local: datetime) -> bool:
    """Past midnight, the hours of the last evening still hold."""
    day = local.date() - timedelta(days=_holds_past_midnight(schedule, local.time()))
    return schedule.valid_to is not None and schedule.valid_to < day


def _holds_past_midnight(schedule: Schedule, now: time) -> bool:
    opens, closes = schedule.opens_at, schedule.closes_at
    return opens is not None and closes is not None and now < closes <= opens


def _is_open_there(
    service: Service, country: str, schedules: tuple[Schedule, ...], at: datetime
) -> bool | None:
    zone = zone_of(country)
    if not zone:
        return None
    local = at.astimezone(ZoneInfo(zone))
    return is_open(_begun(schedules, local.date()) or service.schedules, local)


def is_open(schedules: Iterable[Schedule], local: datetime) -> bool | None:
    """Whether one of these hours holds now; None where there are none or they cannot be told.

    Hours that begin on a later day say nothing of this one.
    """
    return any_open(_covers(schedule, local) for schedule in _begun(schedules, local.date()))


def _begun(schedules: Iterable[Schedule], day: date) -> list[Schedule]:
    begins = ((each, each.valid_from, each.dtstart) for each in schedules)
    return [
        schedule
        for schedule, valid_from, first in begins
        if (not valid_from or valid_from <= day) and (not first or first <= day)
    ]


def any_open(answers: Iterable[bool | None]) -> bool | None:
    told = list(answers)
    if any(told):
        return True
    return None if not told or None in told else False


def _covers(schedule: Schedule, local: datetime) -> bool | None:
    if not _can_be_told(schedule):
        return None
    today, now = local.date(), local.time()
    opens, closes = schedule.opens_at, schedule.closes_at
    if opens is None or closes is None:
        is_day = _falls_on(schedule, today) and (opens is None or opens <= now)
        return None if is_day else False
    if opens < closes:
        return _falls_on(schedule, today) and opens <= now < closes
    # Past midnight, the evening's hours still hold.
    yesterday = today - timedelta(days=1)
    return (_falls_on(schedule, today) and opens <= now) or (
        _falls_on(schedule, yesterday) and now < closes
    )


def _can_be_told(schedule: Schedule) -> bool:
    """Whether it says on which days it holds, or that it does on all of them."""
    if schedule.count or (schedule.interval > 1 and not schedule.dtstart):
        return False
    names_days = schedule.byday or schedule.bymonthday or schedule.byweekno or schedule.byyearday
    # Then iCalendar means one day, and whoever filled in a form often all of them.
    return bool(names_days) or (schedule.freq == "WEEKLY" and not schedule.dtstart)


def holds_every_week(schedule: Schedule) -> bool:
    """Whether days and times are all there is to say of it."""
    by_week = all(day in DAYS for day in schedule.byday.split(",") if day)
    others = schedule.bymonthday or schedule.byweekno or schedule.byyearday
    return _can_be_told(schedule) and by_week and not others and schedule.interval == 1


def _falls_on(schedule: Schedule, day: date) -> bool:
    return (
        (not schedule.valid_from or schedule.valid_from <= day)
        and (not schedule.valid_to or day <= schedule.valid_to)
        and (not schedule.dtstart or schedule.dtstart <= day)
        and _is_in_step(schedule, day)
        and _is_named(schedule, day)
    )


def _is_in_step(schedule: Schedule, day: date) -> bool:
    """Every second week or third month, counted from the first day."""
    if schedule.interval <= 1 or not schedule.dtstart:
        return True
    start = schedule.dtstart
    if schedule.freq == "MONTHLY":
        passed = (day.year - start.year) * 12 + day.month - start.month
    else:
        passed = (monday_of(day) - monday_of(start)).days // 7
    return passed % schedule.interval == 0


def _is_named(schedule: Schedule, day: date) -> bool:
    return (
        _is_among(schedule.byweekno, day.isocalendar().week, 53)
        and _is_among(schedule.byyearday, day.timetuple().tm_yday, 365 + isleap(day.year))
        and _is_among(schedule.bymonthday, day.day, _days_in_month(day))
        and (not schedule.byday or any(_is_day(name, day) for name in schedule.byday.split(",")))
    )


def _is_among(numbers: str, number: int, last: int) -> bool:
    """Minus one is the last, as in iCalendar. No numbers set no condition."""
    wanted = {int(text) for text in numbers.split(",") if text}
    return not wanted or number in wanted or number - last - 1 in wanted


def _is_day(name: str, day: date) -> bool:
    """ "MO" is every Monday, "1MO" a month's first, "-1MO" its last."""
    nth, weekday = name[:-2], name[-2:]
    if DAYS[day.weekday()] != weekday:
        return False
    week, week_from_end = (day.day - 1) // 7 + 1, -((_days_in_month(day) - day.day) // 7 + 1)
    return not nth or int(nth) in {week, week_from_end}


def _days_in_month(day: date) -> int:
    return monthrange(day.year, day.month)[1]
