"""What is typed into a form is read in one way, and refused with the sentence of that form."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.forms import fields
from domain.errors import Refused

_OWN = "Choose one."
_READERS: list[tuple[Callable[[str], object], str]] = [
    (partial(fields.identifier, otherwise=_OWN), _OWN),
    (partial(fields.day, otherwise=_OWN), _OWN),
    (partial(fields.month, "02"), "Choose the month and the year, or neither."),
    (partial(fields.month, year="2031"), "Choose the month and the year, or neither."),
    (partial(fields.time_of_day, otherwise=_OWN), _OWN),
    (fields.wall_time, "Choose a day and a time."),
    (fields.number, "Write how many as a number."),
]


@pytest.mark.parametrize(("read", "sentence"), _READERS)
@given(typed=st.text() | st.text("0123456789٣²-:+.TWZ _"))
def test_anything_typed_is_read_or_refused_with_the_sentence_for_it(
    read: Callable[[str], object], sentence: str, typed: str
) -> None:
    assert _refusal(read, typed) in (None, sentence)


def _refusal(read: Callable[[str], object], typed: str) -> str | None:
    try:
        read(typed)
    except Refused as refusal:
        return str(refusal)
    return None


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31", "2026-02-30", "", "مرحبا"])
def test_a_day_with_which_no_calendar_can_go_on_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match=r"Choose a day\."):
        fields.day(typed)


@pytest.mark.parametrize("typed", ["2026-11-26T09:00+02:00", "2026-11-26T09:00Z"])
def test_a_wall_clock_with_a_zone_of_its_own_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match=r"Choose a day and a time\."):
        fields.wall_time(typed)


@pytest.mark.parametrize("typed", ["2026-11-26", "20261126", "2026-W48-4"])
def test_a_day_alone_is_no_moment_and_above_all_not_midnight(typed: str) -> None:
    with pytest.raises(Refused, match=r"Choose a day and a time\."):
        fields.wall_time(typed)


@pytest.mark.parametrize(
    ("typed", "whole"),
    [("0", 0), ("12", 12), ("", -1), ("-1", -1), ("٣", -1), ("1.5", -1), ("9" * 5_000, -1)],
)
def test_how_many_is_a_number_that_somebody_may_mean(typed: str, whole: int) -> None:
    assert fields.whole(typed) == whole
