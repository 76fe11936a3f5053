from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases.deadlines import deadline
from domain.duty.time_off import take_off
from storage.kinds import Role, Severity
from storage.sessions import Clock, Database
from storage.tables.duty import TimeOff
from tests.clock import set_clock
from tests.domain.centre import Centre

TIRANA = ZoneInfo("Europe/Tirane")
FRIDAY = datetime(2026, 3, 27, 9, tzinfo=UTC)


@pytest.mark.parametrize(("severity", "minutes"), [(Severity.EMERGENCY, 5), (Severity.URGENT, 60)])
@pytest.mark.parametrize("now", [FRIDAY, FRIDAY.replace(hour=23), FRIDAY + timedelta(days=1)])
def test_minutes_ignore_nights_and_weekends(
    severity: Severity, minutes: int, now: datetime
) -> None:
    assert deadline(severity, now, TIRANA, {}) == now + timedelta(minutes=minutes)


def test_a_concern_on_friday_is_due_at_the_end_of_monday_over_the_change_of_clocks() -> None:
    # Clocks go forward on the Sunday between: 17:00 is 15:00 UTC and no longer 16:00.
    assert deadline(Severity.CONCERN, FRIDAY, TIRANA, {}) == datetime(2026, 3, 30, 15, tzinfo=UTC)


def test_the_next_day_is_the_next_on_the_organisations_clock() -> None:
    late_in_utc = datetime(2026, 3, 23, 23, 30, tzinfo=UTC)

    assert deadline(Severity.CONCERN, late_in_utc, TIRANA, {}).date() == date(2026, 3, 25)


def test_an_organisation_sets_its_own_deadlines_and_working_days() -> None:
    settings = {"deadlines": {"emergency": 3}, "working_days": [6, 0, 1, 2, 3]}

    assert deadline(Severity.EMERGENCY, FRIDAY, TIRANA, settings) == FRIDAY + timedelta(minutes=3)
    assert deadline(Severity.URGENT, FRIDAY, TIRANA, settings) == FRIDAY + timedelta(hours=1)
    assert deadline(Severity.CONCERN, FRIDAY, TIRANA, settings).weekday() == 6


@given(
    st.timedeltas(timedelta(), timedelta(days=2000)).map(lambda span: FRIDAY + span),
    st.sampled_from(["Europe/Tirane", "Asia/Amman", "America/Caracas", "Pacific/Auckland", "UTC"]),
    st.sets(st.integers(0, 6), min_size=1),
)
def test_a_concern_is_due_at_the_end_of_the_first_working_day_after_today(
    now: datetime, place: str, working_days: set[int]
) -> None:
    zone = ZoneInfo(place)
    due = deadline(Severity.CONCERN, now, zone, {"working_days": sorted(working_days)})

    local = due.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    between = {(now.astimezone(zone) + timedelta(days=ahead)).weekday() for ahead in range(1, days)}
    assert local.time() == time(17)
    assert local.weekday() in working_days
    assert days >= 1
    assert not between & working_days


def holidays(first: date, last: date) -> list[TimeOff]:
    return [TimeOff(first_day=first, last_day=last)]


def test_a_concern_is_due_after_the_holidays_and_what_counts_minutes_ignores_them() -> None:
    monday, tuesday = date(2026, 3, 30), date(2026, 3, 31)
    off = holidays(monday, tuesday)

    assert deadline(Severity.CONCERN, FRIDAY, TIRANA, {}, off).date() == date(2026, 4, 1)
    assert deadline(Severity.URGENT, FRIDAY, TIRANA, {}, off) == FRIDAY + timedelta(hours=1)


def test_somebodys_time_off_is_no_holiday() -> None:
    off = [TimeOff(staff_id=uuid4(), first_day=date(2026, 3, 1), last_day=date(2026, 4, 30))]

    assert deadline(Severity.CONCERN, FRIDAY, TIRANA, {}, off).date() == date(2026, 3, 30)


def test_p2_however_long_holidays_last_nobody_waits_longer_than_two_weeks_for_them() -> None:
    off = holidays(date(2026, 3, 28), date(2026, 9, 1))

    assert deadline(Severity.CONCERN, FRIDAY, TIRANA, {}, off).date() == date(2026, 4, 10)


async def test_a_concern_that_comes_before_declared_holidays_falls_due_after_them(
    database: Database, clock: Clock
) -> None:
    set_clock(clock, FRIDAY)
    centre = await Centre.open(database, clock)
    chief = await centre.colleague(Role.SUPERVISOR)
    async with database.begin(centre.organisation.id, chief.staff_id) as session:
        await take_off(session, chief, None, date(2026, 3, 30), date(2026, 4, 1))
    case = await centre.signal(await centre.person(), Severity.CONCERN)

    assert case.deadline_at is not None
    assert case.deadline_at.date() == date(2026, 4, 2)
