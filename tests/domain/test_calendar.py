from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import instant

PLACES = [
    ZoneInfo(zone)
    for zone in ("Europe/Tirane", "Africa/Casablanca", "Europe/Kyiv", "Europe/Lisbon")
]
QUARTER = timedelta(minutes=15)
A_DAY = timedelta(days=1)
DAYS = [datetime.fromisoformat("2015-01-01") + A_DAY * number for number in range(365 * 21)]


def change_days(place: ZoneInfo) -> list[datetime]:
    """The days on which the clocks there change."""
    return [
        day
        for day in DAYS
        if day.replace(tzinfo=place).utcoffset() != (day + A_DAY).replace(tzinfo=place).utcoffset()
    ]


CHANGE_DAYS = {place: change_days(place) for place in PLACES}


@st.composite
def places_and_times(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    place = draw(st.sampled_from(PLACES))
    day = draw(st.sampled_from(DAYS) | st.sampled_from(CHANGE_DAYS[place]))
    return place, day + QUARTER * draw(st.integers(0, 4 * 24 - 1))


def first_quarter_that_shows(local_time: datetime, place: ZoneInfo) -> datetime:
    """By looking at the clock there every quarter of an hour from the day before."""
    moment = (local_time - A_DAY).replace(tzinfo=UTC)
    while moment.astimezone(place).replace(tzinfo=None) < local_time:
        moment += QUARTER
    return moment


@given(places_and_times())
def test_a_local_time_is_the_first_instant_at_which_the_clocks_there_show_it(
    case: tuple[ZoneInfo, datetime],
) -> None:
    place, local_time = case
    assert instant(local_time, place) == first_quarter_that_shows(local_time, place)


@pytest.mark.parametrize(
    ("zone", "local_time", "expected"),
    [
        # Summer time begins: 02:00 becomes 03:00, and 02:30 never comes.
        ("Europe/Tirane", "2026-03-29T02:30", "2026-03-29T01:00"),
        ("Europe/Kyiv", "2026-03-29T03:30", "2026-03-29T01:00"),
        ("Europe/Lisbon", "2026-03-29T01:30", "2026-03-29T01:00"),
        # It ends: 02:30 comes twice.
        ("Europe/Tirane", "2026-10-25T02:30", "2026-10-25T00:30"),
        ("Europe/Kyiv", "2026-10-25T03:30", "2026-10-25T00:30"),
        ("Europe/Lisbon", "2026-10-25T01:30", "2026-10-25T00:30"),
        # Morocco goes back an hour for Ramadan, and ahead again after it.
        ("Africa/Casablanca", "2026-02-14T10:00", "2026-02-14T09:00"),
        ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30"),
        ("Africa/Casablanca", "2026-03-01T10:00", "2026-03-01T10:00"),
        ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:00"),
        ("Africa/Casablanca", "2026-03-23T10:00", "2026-03-23T09:00"),
    ],
)
def test_a_time_that_the_clocks_leap_over_is_the_change_and_one_that_comes_twice_is_its_first(
    zone: str, local_time: str, expected: str
) -> None:
    due = instant(datetime.fromisoformat(local_time), ZoneInfo(zone))
    assert due == datetime.fromisoformat(expected).replace(tzinfo=UTC)
