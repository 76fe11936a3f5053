"""Hours that are written by other clocks than the place's are told by the place's own."""

from datetime import time
from typing import Any

import pytest

from domain.directory.files.assembly import Reading
from domain.directory.files.reading import read_directory
from tests.domain.directory.samples import clinic, json_file

WINTER = {"valid_from": "2026-11-02", "valid_to": "2027-02-26"}
THE_YEAR = {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}


def at(country: str, **of_the_place: Any) -> dict[str, Any]:
    location = {"id": "l", "addresses": [{"city": "X", "country": country}]} | of_the_place
    return {"id": "v", "location": location}


def read(country: str, opens: str, **more: str) -> Reading:
    hours = {"byday": "MO", "opens_at": opens, "closes_at": "20:00", **more}
    service = clinic(schedules=[hours], service_at_locations=[at(country)])
    return read_directory([json_file([service])])


@pytest.mark.parametrize(
    ("country", "written", "own"),
    [
        ("AL", "07:00", time(7)),
        ("AL", "07:00+02:00", time(7)),
        ("AL", "7:00am+0100", time(7)),
        ("JO", "07:00Z", time(10)),
        ("JO", "09:30+05:30", time(7)),
        ("GB", "09:00Z", time(9)),
    ],
)
def test_an_hour_is_told_by_the_clocks_of_the_place(country: str, written: str, own: time) -> None:
    reading = read(country, written)

    assert [each.opens_at for each in reading.services[0].schedules] == [own]
    assert reading.rejected == []


def test_where_summer_time_leaves_it_open_the_days_on_which_it_holds_may_tell() -> None:
    (winter,) = read("AL", "07:00Z", **WINTER).services[0].schedules
    assert winter.opens_at == time(8)

    assert read("AL", "07:00Z", **THE_YEAR).services[0].schedules == ()


@pytest.mark.parametrize(
    ("country", "written", "why"),
    [
        ("AL", "07:00Z", "may mean several hours there: write it by the clocks of the place"),
        ("US", "09:00-05:00", "may mean several hours there: write it by the clocks of the place"),
        ("JO", "22:00Z", "is on another day there: write it by the clocks of the place"),
        ("JO", "01:00+14:00", "is on another day there: write it by the clocks of the place"),
        ("JO", "07:00+99:00", "is no time of day, such as 09:30"),
    ],
)
def test_an_hour_that_nobody_can_tell_is_a_fault_and_there_are_no_hours(
    country: str, written: str, why: str
) -> None:
    reading = read(country, written)

    assert reading.services[0].schedules == ()
    assert [(each.column, each.reason) for each in reading.rejected] == [
        ("schedules.opens_at", f"“{written}” {why}")
    ]


def test_a_door_that_closes_on_the_next_day_there_is_open_until_then() -> None:
    (night,) = read("JO", "18:00Z", closes_at="23:00Z").services[0].schedules

    assert (night.byday, night.opens_at, night.closes_at) == ("MO", time(21), time(2))


def test_hours_in_two_countries_are_told_by_neither_and_those_of_a_door_by_its_own() -> None:
    hours = [{"byday": "MO", "opens_at": "07:00Z"}]
    doors = [at("JO", schedules=hours), at("GB", id="m", schedules=hours) | {"id": "w"}]
    reading = read_directory([json_file([clinic(schedules=hours, service_at_locations=doors)])])
    (service,) = reading.services

    assert service.schedules == ()
    assert [place.schedules[0].opens_at for place in service.locations] == [time(10), time(7)]
