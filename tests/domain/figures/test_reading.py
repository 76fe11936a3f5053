"""The figures of a service: whole periods, nothing small, no person and no colleague."""

from datetime import UTC, datetime, time, timedelta

import pytest

from domain.casework.work import resolve
from domain.duty.shifts import plan_once
from domain.errors import NotAllowed
from domain.figures.periods import Step
from domain.figures.reading import ServiceFigures, read_figures
from storage.kinds import Outcome, Role, Severity
from storage.sessions import SERVICE
from storage.tables.duty import Shift
from tests.domain.centre import Centre


async def figures(centre: Centre, step: Step = Step.MONTH) -> ServiceFigures:
    chief = await centre.colleague(Role.SUPERVISOR)
    async with centre.database.begin(SERVICE) as session:
        return await read_figures(session, chief, step)


def middle_of_a_month(centre: Centre) -> None:
    centre.clock.offset = datetime(2040, 3, 14, 12, tzinfo=UTC) - datetime.now(UTC)


async def test_what_was_promised_ended_and_came_back_is_counted_of_periods_that_are_over(
    centre: Centre,
) -> None:
    middle_of_a_month(centre)
    vera = await centre.colleague(on_duty=True)
    people = [await centre.person() for _ in range(12)]
    for number, person in enumerate(people):
        case = await centre.claims(vera, await centre.signal(person, Severity.URGENT))
        if number == 0:
            centre.later(hours=2)
        await centre.writes(vera, case)
        async with centre.database.begin(centre.organisation.id) as session:
            outcome = Outcome.HELPED if number < 7 else Outcome.REFERRED
            await resolve(session, vera, case.id, outcome)
    now = await figures(centre)
    assert [course.whole.waits for course in now.courses] == [0, 0, 0]
    for person in people[:6]:
        await centre.signal(person, Severity.URGENT)

    centre.later(days=62)
    found = await figures(centre)
    emergency, urgent, _ = found.courses
    assert (emergency.whole.waits, emergency.over_time) == (0, [])
    assert (urgent.whole.waits, urgent.whole.in_time, urgent.whole.late) == (18, 11, 1)
    assert urgent.whole.never == 6
    assert sum(part.waits for _, part in urgent.over_time) == 18
    assert sum(load.calls for load in found.load) == 15
    assert found.load[-1].open == 5
    assert found.load[-1].duty_hours > 600
    assert found.endings.closed == 5
    assert (found.endings.settled, found.endings.reopened) == (10, 5)
    with pytest.raises(NotAllowed):
        async with centre.database.begin(SERVICE) as session:
            await read_figures(session, vera, Step.WEEK)


async def test_fewer_than_five_are_shown_with_their_neighbours_or_not_at_all(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    for week in range(3):
        for _ in range(2):
            await centre.claims(vera, await centre.signal(await centre.person()))
        if week == 0:
            assert (await figures(centre, Step.WEEK)).courses[1].over_time == []
        centre.later(days=7)
    centre.later(days=7)
    found = await figures(centre, Step.WEEK)
    [(period, part)] = found.courses[1].over_time
    assert (part.waits, part.never) == (6, 6)
    assert period == found.whole
    assert all(load.calls == 0 for load in found.load)


async def test_shifts_count_for_what_of_them_lies_in_the_period(centre: Centre) -> None:
    chief = await centre.colleague(Role.SUPERVISOR)
    vera = await centre.colleague()
    sunday = (await figures(centre, Step.WEEK)).whole.last_day + timedelta(days=14)
    async with centre.database.begin(centre.organisation.id) as session:
        await plan_once(session, chief, vera.staff_id, sunday, time(22), time(3))
    centre.later(days=14)
    found = await figures(centre, Step.WEEK)
    assert found.whole.last_day == sunday
    assert found.load[-1].duty_hours == 2


async def test_whoever_is_on_duty_beside_a_planned_shift_is_there_once(centre: Centre) -> None:
    chief = await centre.colleague(Role.SUPERVISOR)
    vera = await centre.colleague(on_duty=True)
    sunday = (await figures(centre, Step.WEEK)).whole.last_day + timedelta(days=14)
    async with centre.database.begin(centre.organisation.id) as session:
        await plan_once(session, chief, vera.staff_id, sunday, time(22), time(3))
    centre.later(days=14)
    last = (await figures(centre, Step.WEEK)).load[-1]
    assert last.duty_hours == round((last.period.ends - last.period.begins) / timedelta(hours=1))


async def test_a_shift_that_ended_before_it_began_hides_no_figures(centre: Centre) -> None:
    """As where time off and its beginning met, or a clock was put back."""
    vera = await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        begun = session.now + timedelta(days=1)
        ended = begun - timedelta(seconds=1)
        session.add(
            Shift(
                organisation_id=centre.organisation.id,
                staff_id=vera.staff_id,
                starts_at=begun,
                ends_at=ended,
            )
        )
    centre.later(days=14)
    found = await figures(centre, Step.WEEK)
    assert {load.duty_hours for load in found.load} == {0}
