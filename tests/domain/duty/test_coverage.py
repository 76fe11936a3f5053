from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.duty.coverage import Lack, gaps
from domain.duty.hours import Span, span_on, spans_on

TIRANA = ZoneInfo("Europe/Tirane")
START = datetime(2027, 3, 1, tzinfo=UTC)
PEOPLE = [UUID(int=number) for number in range(3)]


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    begins = draw(st.integers(0, 40))
    return Span(at(begins), at(begins + draw(st.integers(1, 12))))


@given(
    st.lists(spans(), max_size=3),
    st.lists(st.tuples(st.sampled_from(PEOPLE), spans()), max_size=6),
    st.sets(st.sampled_from(PEOPLE), max_size=2),
    st.lists(st.tuples(st.sampled_from(PEOPLE), spans()), max_size=2),
)
def test_every_declared_hour_lies_in_a_gap_exactly_if_it_lacks_somebody_or_a_second(
    declared: list[Span],
    shifts: list[tuple[UUID, Span]],
    fallback: set[UUID],
    away: list[tuple[UUID, Span]],
) -> None:
    found = gaps(declared, shifts, fallback, away)

    for hour in range(60):
        now = at(hour) + timedelta(minutes=30)
        on = {who for who, span in shifts if span.begins <= now < span.ends}
        behind = fallback - {who for who, span in away if span.begins <= now < span.ends}
        wanted = None
        if any(span.begins <= now < span.ends for span in declared):
            if not on:
                wanted = Lack.NOBODY
            elif len(on | behind) < 2:
                wanted = Lack.SECOND
        lacks = {gap.lack for gap in found if gap.begins <= now < gap.ends}
        assert lacks == ({wanted} if wanted else set())


def test_a_shift_keeps_its_hours_on_the_wall_when_the_clocks_change() -> None:
    winter = span_on(date(2027, 3, 27), time(9), time(17), TIRANA)
    summer = span_on(date(2027, 3, 28), time(9), time(17), TIRANA)
    assert winter is not None
    assert summer is not None
    assert (winter.begins.hour, summer.begins.hour) == (8, 7)


def test_a_night_of_a_clock_change_is_covered_from_end_to_end() -> None:
    days = [date(2027, 3, 27), date(2027, 3, 28), date(2027, 10, 30), date(2027, 10, 31)]
    declared = spans_on(days, dict.fromkeys(range(7), (time(0), time(0))), TIRANA)
    shifts = [
        (who, span)
        for day in (days[0] - timedelta(days=1), days[2] - timedelta(days=1), *days)
        for who in PEOPLE[:2]
        for begins, ends in ((time(2, 30), time(14)), (time(14), time(2, 30)))
        if (span := span_on(day, begins, ends, TIRANA)) is not None
    ]
    assert [span.ends - span.begins for span in declared] == [
        timedelta(hours=hours) for hours in (24, 23, 24, 25)
    ]
    assert gaps(declared, shifts, set()) == []


def test_what_a_clock_change_leaps_over_is_no_shift() -> None:
    assert span_on(date(2027, 3, 28), time(2, 10), time(2, 50), TIRANA) is None
