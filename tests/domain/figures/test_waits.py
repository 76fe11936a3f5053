"""What was promised is counted once more after the case is gone, and names nobody then."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from domain.calendar import zone
from domain.figures.first_actions import FirstActions
from domain.figures.load import load_of
from domain.figures.periods import Step, periods
from domain.figures.reading import read_figures
from domain.figures.waits import waits_of
from domain.figures.year.counting import count_next_year
from domain.figures.year.reading import read_year
from domain.retention.without_consent import forget
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.waits import PastWait, Wait
from tests.clock import MORNING, set_clock
from tests.counting import how_many
from tests.domain.centre import Centre

LATE = 4
THE_COUNT = datetime(MORNING.year + 1, 1, 25, 12, tzinfo=UTC)


async def cries(centre: Centre, number: int) -> None:
    """Emergencies of people who agreed to nothing, some of which waited for too long."""
    vera = await centre.colleague(on_duty=True)
    for each in range(number):
        case = await centre.signal(await centre.person(consents=False), Severity.EMERGENCY)
        await centre.claims(vera, case)
        if each < LATE:
            centre.later(minutes=20)
        await centre.writes(vera, case)
        await centre.closes(vera, case)


async def talks_go(centre: Centre) -> None:
    while True:
        async with centre.database.begin(SERVICE) as session:
            if not await forget(session):
                break
    assert [await how_many(centre.database, table) for table in (Case, Wait)] == [0, 0]


async def whole(centre: Centre, step: Step) -> tuple[FirstActions, int]:
    """Of emergencies; and how many calls there were."""
    chief = await centre.colleague(Role.SUPERVISOR)
    async with centre.database.begin(SERVICE) as session:
        found = await read_figures(session, chief, step)
    return found.courses[0].whole, sum(load.calls for load in found.load)


async def test_emergencies_of_people_who_agreed_to_nothing_are_on_the_sheet_of_the_year(
    centre: Centre,
) -> None:
    set_clock(centre.clock, MORNING)
    await cries(centre, 12)
    set_clock(centre.clock, MORNING + timedelta(days=33))
    await talks_go(centre)
    set_clock(centre.clock, THE_COUNT)
    chief = await centre.colleague(Role.SUPERVISOR)
    async with centre.database.begin(SERVICE) as session:
        assert await count_next_year(session) == 1
        sheet = await read_year(session, chief, MORNING.year)

    [promise] = [p for p in sheet.found.promises if p.severity is Severity.EMERGENCY]
    assert (promise.waits, promise.in_time, promise.late, promise.never) == (12, 8, LATE, 0)


@pytest.mark.parametrize("step", Step)
async def test_the_figures_of_a_time_that_is_over_stay_as_they_were_when_its_cases_go(
    centre: Centre, step: Step
) -> None:
    set_clock(centre.clock, MORNING)
    await cries(centre, 6)
    set_clock(centre.clock, MORNING + timedelta(days=33))
    before, calls = await whole(centre, step)
    assert before.waits == 6
    await talks_go(centre)

    after, calls_after = await whole(centre, step)
    assert (after.waits, after.in_time, after.late) == (before.waits, before.in_time, before.late)
    assert calls_after == calls


async def lives_by_the_clocks_of(centre: Centre, place: str) -> None:
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Organisation, centre.organisation.id)).time_zone = place


@pytest.mark.parametrize("place", ["America/Bogota", "Pacific/Auckland"])
async def test_what_is_left_of_a_wait_stays_on_its_day_where_the_organisation_moves_its_clocks(
    centre: Centre, place: str
) -> None:
    first_of_month = datetime(MORNING.year, 9, 1, 12, tzinfo=UTC)
    set_clock(centre.clock, first_of_month)
    await cries(centre, 6)
    set_clock(centre.clock, first_of_month + timedelta(days=63))
    await talks_go(centre)
    await lives_by_the_clocks_of(centre, place)
    async with centre.database.begin(SERVICE) as session:
        month = periods(Step.MONTH, session.now, zone(place))[-2]
        found = await waits_of(session, centre.organisation.id, month.begins, month.ends)
        calls = [each.calls for each in await load_of(session, centre.organisation.id, [month])]

    assert month.first_day == first_of_month.date()
    assert len(found[Severity.EMERGENCY]) == 6
    assert calls == [5]


async def test_p6_what_is_left_of_a_wait_says_on_which_day_it_began_and_of_nobody(
    centre: Centre,
) -> None:
    set_clock(centre.clock, MORNING)
    await lives_by_the_clocks_of(centre, "Asia/Kathmandu")
    await cries(centre, 1)
    set_clock(centre.clock, MORNING + timedelta(days=33))
    await talks_go(centre)

    async with centre.database.begin(SERVICE) as session:
        past = (await session.scalars(select(PastWait))).one()
    columns = {"id", "organisation_id", "severity", "day", "seconds", "in_time"}
    assert set(PastWait.__table__.columns.keys()) == columns
    assert past.day == MORNING.date()
    assert past.seconds in range(20 * 60, 21 * 60)
    assert not past.in_time
