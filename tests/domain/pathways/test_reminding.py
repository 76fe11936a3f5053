"""The team is told of tasks that are due, each once, and once more where they are overdue."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.duty.time_off import take_off
from domain.notices import Notice
from domain.pathways.reminding import remind
from domain.pathways.tasks import give_back, mark
from domain.safeguarding.conflicts import recuse
from storage.kinds import Role
from storage.sessions import SERVICE, Clock
from storage.tables.organisations import Organisation
from storage.tables.pathways import OnPathway
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.pathways.owing import owes, reminded

VERA, ANA, SARA, MIRA = 501, 502, 503, 504
AFTERNOON = MORNING + timedelta(hours=5)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def morning(clock: Clock) -> None:
    set_clock(clock, MORNING)


async def test_p2_whoever_is_there_is_told_of_tasks_that_nobody_took_and_others_once_they_are_late(
    centre: Centre, clock: Clock
) -> None:
    await centre.colleague(chat=VERA, on_duty=True)
    ana = await centre.colleague(chat=ANA)
    await centre.colleague(Role.SUPERVISOR, chat=SARA)
    await centre.colleague(Role.COORDINATOR, chat=MIRA)
    for _ in range(2):
        await owes(centre, await centre.person(), AFTERNOON)
    await owes(centre, await centre.person(), AFTERNOON, by=ana)
    await owes(centre, await centre.person(), AFTERNOON + DAY)

    assert await reminded(centre) == [(VERA, 2, False)]
    set_clock(clock, AFTERNOON + timedelta(minutes=1))
    assert await reminded(centre) == []
    set_clock(clock, MORNING + DAY)
    assert await reminded(centre) == [
        *((VERA, 1, False), (VERA, 2, True)),
        *((ANA, 1, True), (SARA, 3, True), (MIRA, 3, True)),
    ]
    set_clock(clock, MORNING + 2 * DAY)
    assert {late for _, _, late in await reminded(centre)} == {True}
    set_clock(clock, MORNING + 3 * DAY)
    assert await reminded(centre) == []


async def test_tasks_call_nobody_at_night_at_the_weekend_or_on_a_holiday_and_are_told_of_before(
    centre: Centre, clock: Clock
) -> None:
    friday = datetime(2026, 5, 8, 9, tzinfo=UTC)
    chief = await centre.colleague(Role.SUPERVISOR, chat=SARA, on_duty=True)
    async with centre.database.begin(centre.organisation.id) as session:
        monday = (friday + 3 * DAY).date()
        await take_off(session, chief, None, monday, monday)
    for due in (2 * DAY, 3 * DAY, 4 * DAY):
        await owes(centre, await centre.person(), friday + due)
    for closed in (timedelta(hours=-3), timedelta(hours=7), DAY, 3 * DAY):
        set_clock(clock, friday + closed)
        assert await reminded(centre) == []
    set_clock(clock, friday)
    # Of those that are due before the team is there again.
    assert await reminded(centre) == [(SARA, 2, False)]


async def test_p2_what_is_due_in_a_holiday_of_many_weeks_is_told_of_after_it(
    centre: Centre, clock: Clock
) -> None:
    friday = datetime(2026, 7, 24, 9, tzinfo=UTC)
    set_clock(clock, friday)
    chief = await centre.colleague(Role.SUPERVISOR, chat=SARA, on_duty=True)
    async with centre.database.begin(centre.organisation.id) as session:
        await take_off(session, chief, None, (friday + DAY).date(), (friday + 37 * DAY).date())
    await owes(centre, await centre.person(), friday + 20 * DAY)
    assert await reminded(centre) == []

    set_clock(clock, friday + 38 * DAY)

    assert await reminded(centre) == [(SARA, 1, True)]


async def test_p10_nobody_is_told_of_a_task_of_whom_they_must_not_know(centre: Centre) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    await centre.colleague(chat=ANA, on_duty=True)
    persons = [await centre.person() for _ in range(2)]
    for person in persons:
        await owes(centre, person, AFTERNOON)
    async with centre.database.begin(SERVICE) as session:
        await recuse(session, vera, persons[0].id)

    assert await reminded(centre) == [(VERA, 1, False), (ANA, 2, False)]


async def test_p2_where_all_who_are_called_first_are_kept_apart_the_next_hear_of_the_task(
    centre: Centre, clock: Clock
) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    ana = await centre.colleague(chat=ANA)
    await centre.colleague(chat=SARA)
    persons = [await centre.person() for _ in range(2)]
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        organisation.settings = {"duty_fallback": [str(ana.staff_id)]}
        for person in persons:
            await recuse(session, vera, person.id)
        await recuse(session, ana, persons[1].id)
    for person in persons:
        await owes(centre, person, AFTERNOON)

    assert await reminded(centre) == [(ANA, 1, False), (SARA, 1, False)]
    set_clock(clock, MORNING + DAY)
    assert await reminded(centre) == [(ANA, 1, True), (SARA, 1, True)]


async def test_what_was_due_long_before_it_could_be_told_calls_nobody_until_it_is_given_back(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    await owes(centre, await centre.person(), MORNING - 59 * DAY)
    old = await owes(centre, await centre.person(), MORNING - 61 * DAY, by=vera)
    assert await reminded(centre) == [(VERA, 1, True)]
    async with centre.database.begin(SERVICE) as session:
        await give_back(session, vera, old)
    assert await reminded(centre) == [(VERA, 1, True)]


async def test_what_is_due_when_the_team_comes_is_told_of_the_day_before(
    centre: Centre, clock: Clock
) -> None:
    await centre.colleague(chat=VERA, on_duty=True)
    # At the organisation it is nine then.
    nine = MORNING + DAY - timedelta(hours=2)
    await owes(centre, await centre.person(), nine)
    assert await reminded(centre) == [(VERA, 1, False)]
    set_clock(clock, nine)
    assert await reminded(centre) == [(VERA, 1, True)]


async def test_p12_of_two_replicas_one_tells(centre: Centre) -> None:
    await centre.colleague(chat=VERA, on_duty=True)
    await owes(centre, await centre.person(), AFTERNOON)
    async with centre.database.begin(SERVICE) as first, centre.database.begin(SERVICE) as second:
        assert (await remind(first), await remind(second)) == (1, 0)

    assert [sent.chat for sent in await centre.sent(Notice.STAFF_TASKS)] == [VERA]


async def test_p2_with_nobody_on_duty_those_named_for_that_are_told_and_else_the_team(
    centre: Centre,
) -> None:
    await centre.colleague(chat=VERA)
    ana = await centre.colleague(chat=ANA)
    await owes(centre, await centre.person(), AFTERNOON)
    assert await reminded(centre) == [(VERA, 1, False), (ANA, 1, False)]
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        organisation.settings = {"duty_fallback": [str(ana.staff_id)]}
    await owes(centre, await centre.person(), AFTERNOON)
    assert await reminded(centre) == [(ANA, 1, False)]


async def test_nobody_is_told_of_what_is_done_or_rests_and_all_are_of_what_is_given_back(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    person = await centre.person()
    done = await owes(centre, person, AFTERNOON)
    resting = await centre.person()
    await owes(centre, resting, AFTERNOON)
    taken = await owes(centre, await centre.person(), AFTERNOON, by=vera)
    async with centre.database.begin(SERVICE) as session:
        await mark(session, vera, done, done=True)
        session.add(
            OnPathway(
                returnee_id=resting.id,
                organisation_id=centre.organisation.id,
                pathway="three-months@1",
                since=session.now,
                paused_at=session.now,
            )
        )
    assert await reminded(centre) == []
    async with centre.database.begin(SERVICE) as session:
        await give_back(session, vera, taken)
    assert await reminded(centre) == [(VERA, 1, False)]
