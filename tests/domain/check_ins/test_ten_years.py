"""Ten years of clocks that change, in four places: nothing comes twice, nothing is left out."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import instant
from domain.safety.window import Window
from tests.domain.check_ins.years import CHANGES, DAYS, PLACES

QUARTER = timedelta(minutes=15)
QUARTERS = [time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)]


def test_the_ten_years_hold_days_on_which_clocks_change() -> None:
    assert all(len(CHANGES[name]) >= 15 for name in PLACES)
    assert sum((day.month, day.day) == (2, 29) for day in DAYS) == 3


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("at", [time(0), time(1, 30), time(2), time(2, 30), time(3), time(23, 45)])
def test_p3_a_check_in_a_day_is_due_once_a_day_for_ten_years(name: str, at: time) -> None:
    place = ZoneInfo(name)
    dues = [instant(datetime.combine(day, at), place) for day in DAYS]

    assert all(earlier < later for earlier, later in pairwise(dues))
    assert [due.astimezone(place).date() for due in dues] == [day.date() for day in DAYS]


@pytest.mark.parametrize("name", PLACES)
def test_a_time_that_is_not_there_is_the_change_and_one_that_comes_twice_its_first(
    name: str,
) -> None:
    place = ZoneInfo(name)
    for day in CHANGES[name]:
        for at in QUARTERS:
            local = datetime.combine(day, at)
            due = instant(local, place)
            shown = due.astimezone(place).replace(tzinfo=None)
            before = (due - timedelta(seconds=1)).astimezone(place).replace(tzinfo=None)
            assert before < local <= shown


@st.composite
def windows_and_nights(draw: st.DrawFn) -> tuple[ZoneInfo, Window, datetime]:
    """A window that opens and closes at any quarter, and an instant near a change of the clocks."""
    name = draw(st.sampled_from(PLACES))
    window = Window(
        frozenset(draw(st.sets(st.integers(0, 6), min_size=1))),
        draw(st.sampled_from(QUARTERS)),
        draw(st.sampled_from(QUARTERS)),
    )
    day = draw(st.sampled_from(CHANGES[name]) | st.sampled_from(DAYS)).replace(tzinfo=UTC)
    now = day + timedelta(days=draw(st.integers(-8, 1)), minutes=draw(st.integers(0, 24 * 60)))
    return ZoneInfo(name), window, now


@given(windows_and_nights())
def test_p4_what_is_held_is_released_inside_the_window_and_at_its_first_opening(
    case: tuple[ZoneInfo, Window, datetime],
) -> None:
    place, window, now = case
    opening = window.next_opening(now, place)

    assert opening >= now
    assert window.holds(opening.astimezone(place))
    moment = now
    while moment < opening:
        local = moment.astimezone(place)
        # The second time round the clocks show an hour that the window has had.
        assert not window.holds(local) or local.fold == 1
        moment += QUARTER


@pytest.mark.parametrize("name", PLACES)
def test_p12_a_window_releases_once_a_day_for_ten_years(name: str) -> None:
    """Whoever waits is released at an opening; whoever waits again after closing, at the next."""
    place, window = ZoneInfo(name), Window()
    now = instant(datetime.combine(DAYS[0], window.closes), place)
    releases = []
    for _ in DAYS[1:]:
        opening = window.next_opening(now, place)
        releases.append(opening.astimezone(place).replace(tzinfo=None))
        now = instant(datetime.combine(opening.astimezone(place), window.closes), place)

    assert releases == [datetime.combine(day, window.opens) for day in DAYS[1:]]
