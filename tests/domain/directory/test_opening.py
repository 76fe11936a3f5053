from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from domain.directory.opening import (
    doors_open,
    is_open,
    is_service_open,
    with_hours_that_hold,
)
from domain.directory.values import Location, Schedule, Service

OFFICE = Schedule(byday="MO,TU", opens_at=time(9), closes_at=time(17))
NIGHT = Schedule(byday="SA", opens_at=time(22), closes_at=time(4))
ALWAYS = Schedule(opens_at=time(0), closes_at=time(0))
FIRST_MONDAY = Schedule(freq="MONTHLY", byday="1MO", opens_at=time(9), closes_at=time(12))
LAST_FRIDAY = Schedule(freq="MONTHLY", byday="-1FR", opens_at=time(9), closes_at=time(12))
LAST_DAY = Schedule(freq="MONTHLY", bymonthday="-1", opens_at=time(9), closes_at=time(12))
FORTNIGHTLY = Schedule(
    byday="MO", interval=2, dtstart=date(2026, 2, 2), opens_at=time(9), closes_at=time(12)
)
PAST = Schedule(valid_to=date(2025, 12, 31), opens_at=time(0), closes_at=time(0))


@pytest.mark.parametrize(
    ("schedule", "local", "expected"),
    [
        (OFFICE, "2026-02-02T09:00", True),
        (OFFICE, "2026-02-02T17:00", False),
        (OFFICE, "2026-02-04T10:00", False),
        (NIGHT, "2026-02-07T23:00", True),
        (NIGHT, "2026-02-08T03:59", True),
        (NIGHT, "2026-02-08T23:00", False),
        (ALWAYS, "2026-02-08T03:00", True),
        (FIRST_MONDAY, "2026-02-02T10:00", True),
        (FIRST_MONDAY, "2026-02-09T10:00", False),
        (LAST_FRIDAY, "2026-02-27T10:00", True),
        (LAST_FRIDAY, "2026-02-20T10:00", False),
        (LAST_DAY, "2026-02-28T10:00", True),
        (FORTNIGHTLY, "2026-02-16T10:00", True),
        (FORTNIGHTLY, "2026-02-09T10:00", False),
        (PAST, "2026-02-02T10:00", False),
        (Schedule(byday="MO"), "2026-02-02T10:00", None),
        (Schedule(byday="MO"), "2026-02-03T10:00", False),
        (Schedule(byday="MO", opens_at=time(9)), "2026-02-02T10:00", None),
        (Schedule(byday="MO", opens_at=time(9)), "2026-02-02T08:00", False),
        (replace(OFFICE, interval=2), "2026-02-02T10:00", None),
        # On which day of the week or the month, nobody said.
        (replace(OFFICE, byday="", dtstart=date(2026, 2, 2)), "2026-02-04T10:00", None),
        (replace(OFFICE, byday="", freq="MONTHLY"), "2026-02-04T10:00", None),
    ],
)
def test_hours_are_read_as_icalendar_means_them(
    schedule: Schedule, local: str, expected: bool | None
) -> None:
    assert is_open([schedule], datetime.fromisoformat(local)) is expected


def test_no_hours_are_unknown_hours() -> None:
    assert is_open([], datetime(2026, 2, 2, 10, tzinfo=UTC)) is None


def test_hours_of_a_later_season_close_no_door_today() -> None:
    summer = replace(OFFICE, valid_from=date(2026, 6, 1))
    winter_evening = datetime.fromisoformat("2026-02-02T19:00")
    assert is_open([summer], winter_evening) is None
    assert is_open([summer, OFFICE], winter_evening) is False
    assert is_open([replace(OFFICE, dtstart=date(2026, 6, 1))], winter_evening) is None
    assert is_open([summer], datetime.fromisoformat("2026-06-01T10:00")) is True


def test_a_door_whose_own_hours_begin_later_goes_by_those_of_its_service() -> None:
    summer = replace(OFFICE, valid_from=date(2026, 6, 1))
    door = Location(id="d", country="AL", schedules=(summer,))
    service = Service(id="x", name="x", schedules=(OFFICE,), locations=(door,))
    [now] = doors_open(service, datetime(2026, 2, 2, 9, tzinfo=UTC))
    assert now is True


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        ("2026-02-07T22:30", True),
        ("2026-02-08T02:59", True),
        ("2026-02-08T03:00", False),
        ("2026-02-08T21:30", False),
    ],
    ids=["the last evening", "past its midnight", "once it has closed", "the evening after"],
)
@pytest.mark.parametrize("behind", [True, False], ids=["a door's", "the service's own"])
def test_the_hours_of_a_last_night_hold_until_it_ends_by_the_clocks_there(
    at: str, holds: bool, behind: bool
) -> None:
    last = replace(NIGHT, valid_to=date(2026, 2, 7))
    door = Location(id="quay", country="AL", schedules=(last,) if behind else ())
    service = Service(id="x", name="x", schedules=() if behind else (last,), locations=(door,))
    then = datetime.fromisoformat(at).replace(tzinfo=UTC)

    assert (is_service_open(with_hours_that_hold(service, then), then) is True) is holds


def test_a_service_is_open_when_one_of_its_doors_is() -> None:
    doors = (
        Location(id="far", country="US", schedules=(OFFICE,)),
        Location(id="near", country="AL", schedules=(OFFICE,)),
    )
    service = Service(id="x", name="x", locations=doors)

    assert is_service_open(service, datetime(2026, 2, 2, 8, 30, tzinfo=UTC)) is True
    assert is_service_open(service, datetime(2026, 2, 2, 7, 30, tzinfo=UTC)) is None
