"""What comes again: the same as APScheduler's triggers, and decided where clocks change."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import instant
from domain.campaigns.schedule import (
    JUST_ONCE,
    After,
    Every,
    Unit,
    after,
    asks_until,
    coming,
    every,
    to_keep,
)
from domain.errors import Refused
from storage.tables.campaigns import Campaign

at = datetime.fromisoformat
PLACES = ("Europe/Tirane", "Africa/Casablanca", "Europe/Kyiv", "Europe/Lisbon")
places = st.sampled_from(PLACES).map(ZoneInfo)
firsts = st.datetimes(at("2024-01-01T00:00"), at("2030-01-01T00:00")).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
schedules = st.builds(Every, st.sampled_from(Unit), st.integers(1, 12))


def some(schedule: Every, first: datetime) -> list[datetime]:
    return list(islice(schedule.occasions(first), 12))


@given(first=firsts, place=places)
def test_every_day_and_every_week_is_what_a_cron_trigger_fires_at(
    first: datetime, place: ZoneInfo
) -> None:
    clock = {"hour": first.hour, "minute": first.minute, "timezone": place}
    for unit, trigger in (
        (Unit.DAY, CronTrigger(**clock)),
        (Unit.WEEK, CronTrigger(day_of_week=first.weekday(), **clock)),
    ):
        ours = [instant(each, place) for each in some(Every(unit), first)]
        theirs = fired(trigger, ours[0], ours[-1])
        # Where clocks leap over the hour, APScheduler leaves the day out, and of an hour that
        # comes twice it takes either; we ask once on each day.
        assert all(clocks_change(each, place) for each in {*ours} ^ {*theirs})


def fired(trigger: CronTrigger, from_: datetime, to: datetime) -> list[datetime]:
    found: list[datetime] = []
    following = trigger.get_next_fire_time(None, from_)
    while following <= to:
        found.append(following.astimezone(UTC))
        following = trigger.get_next_fire_time(following, following + timedelta(seconds=1))
    return found


def clocks_change(moment: datetime, place: ZoneInfo) -> bool:
    """There, around that day."""
    around = [moment + timedelta(hours=hours) for hours in (-26, 26)]
    return len({each.astimezone(place).utcoffset() for each in around}) > 1


@given(first=firsts, hours=st.integers(1, 12))
def test_so_many_days_apart_is_what_an_interval_trigger_fires_at(
    first: datetime, hours: int
) -> None:
    trigger = IntervalTrigger(days=hours, start_date=first, timezone=UTC)
    last, theirs = None, []
    for _ in range(12):
        last = trigger.get_next_fire_time(last, first.replace(tzinfo=UTC))
        theirs.append(last)
    ours = [each.replace(tzinfo=UTC) for each in some(Every(Unit.DAY, hours), first)]
    assert ours == theirs


@given(first=firsts, schedule=schedules, place=places)
def test_each_occasion_comes_once_in_order_and_shows_its_time_wherever_that_exists(
    first: datetime, schedule: Every, place: ZoneInfo
) -> None:
    occasions = some(schedule, first)
    instants = [instant(each, place) for each in occasions]
    assert instants == sorted(set(instants))
    for occasion, moment in zip(occasions, instants, strict=True):
        shown = moment.astimezone(place)
        exists = shown.replace(tzinfo=None) == occasion
        # The first of two; or the change itself, which is when the clocks first show a later time.
        assert shown.fold == 0 if exists else shown.replace(tzinfo=None) > occasion
        assert occasion.time() == first.time()


@given(first=firsts, interval=st.integers(1, 12))
def test_a_month_that_is_too_short_has_its_last_day_and_the_next_has_its_own_again(
    first: datetime, interval: int
) -> None:
    for occasion in some(Every(Unit.MONTH, interval), first.replace(day=31, month=1)):
        assert occasion.day == 31 or (occasion + timedelta(days=1)).day == 1


def test_it_ends_with_the_last_day_that_was_said() -> None:
    first = at("2026-05-04T18:00")
    schedule = Every(Unit.WEEK, 2, until=date(2026, 6, 1))
    assert [each.date().isoformat() for each in schedule.occasions(first)] == [
        "2026-05-04", "2026-05-18", "2026-06-01",
    ]  # fmt: skip


def test_so_many_days_after_a_return_is_at_the_campaigns_time_of_day() -> None:
    due = After(30).local_time(at("2026-01-01T18:30"), date(2026, 2, 1))
    assert due == at("2026-03-03T18:30")


def test_those_of_a_month_are_counted_once_the_month_is_over() -> None:
    assert asks_until("after-2026-02") > datetime(2026, 3, 2, tzinfo=UTC)
    assert asks_until("once") == asks_until("2026-05-04T18:00") < datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("wrong", [("hour", 1), ("day", 0), ("month", 53)])
def test_what_is_no_rhythm_is_refused(wrong: tuple[str, int]) -> None:
    with pytest.raises(Refused, match="Again and again"):
        every(*wrong, None)
    with pytest.raises(Refused, match="days after"):
        after(-wrong[1] if wrong[1] else 10_000)


@pytest.mark.parametrize(
    ("now", "next_time"),
    [
        ("2026-11-26T14:00", "2026-11-27T18:00"),
        # Tomorrow's has been planned by now, and is still the next one.
        ("2026-12-26T18:01", "2026-12-27T18:00"),
        ("2026-12-27T18:00", "2027-01-27T18:00"),
        ("2027-01-27T18:00", None),
    ],
)
def test_the_next_time_is_the_first_that_is_still_to_come(now: str, next_time: str | None) -> None:
    monthly = to_keep(Every(Unit.MONTH, until=date(2027, 2, 1)))
    campaign = Campaign(
        local_time="2026-11-27T18:00", schedule=monthly, occasion="2027-01-27T18:00"
    )

    assert coming(campaign, at(now)) == (at(next_time) if next_time else None)


def test_what_asks_once_or_by_each_return_has_no_next_time() -> None:
    for schedule in (JUST_ONCE, After(30)):
        campaign = Campaign(local_time="2026-11-27T18:00", schedule=to_keep(schedule))
        assert coming(campaign, at("2026-11-26T14:00")) is None
