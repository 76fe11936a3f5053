"""Periods on a calendar, and which of them are shown together."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.figures.joining import joined
from domain.figures.periods import Step, periods

TIRANA = ZoneInfo("Europe/Tirane")
NOW = datetime(2027, 4, 14, 22, 30, tzinfo=UTC)


def test_weeks_begin_on_mondays_and_only_those_that_are_over_count() -> None:
    weeks = periods(Step.WEEK, NOW, TIRANA, 4)
    assert [week.first_day for week in weeks] == [
        date(2027, 3, 15),
        date(2027, 3, 22),
        date(2027, 3, 29),
        date(2027, 4, 5),
    ]
    assert weeks[-1].last_day == date(2027, 4, 11)


def test_a_week_in_which_the_clocks_change_is_an_hour_shorter() -> None:
    weeks = periods(Step.WEEK, NOW, TIRANA, 4)
    assert weeks[1].ends - weeks[1].begins == timedelta(days=7, hours=-1)


def test_months_go_back_over_the_turn_of_the_year() -> None:
    months = periods(Step.MONTH, datetime(2027, 2, 28, 23, 30, tzinfo=UTC), TIRANA, 3)
    # There, March has begun.
    assert [month.first_day for month in months] == [
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
    ]
    assert months[0].until(months[-1]).last_day == date(2027, 2, 28)


@given(st.lists(st.integers(0, 12), max_size=14), st.integers(1, 10))
def test_no_sum_is_too_small_and_together_they_are_everything(
    counts: list[int], smallest: int
) -> None:
    sums = joined(counts, smallest)
    assert all(sum(counts[number] for number in each) >= smallest for each in sums)
    numbers = [number for each in sums for number in each]
    assert numbers == (list(range(len(counts))) if sum(counts) >= smallest else [])


@given(st.lists(st.integers(5, 12), min_size=1))
def test_what_is_large_enough_stands_by_itself(counts: list[int]) -> None:
    assert joined(counts, 5) == [range(number, number + 1) for number in range(len(counts))]
