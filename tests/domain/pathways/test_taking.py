"""A task is somebody's: taken by one, given back, and nobody's once they can't do it any more."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from domain.actors import Actor
from domain.colleagues.leaving import disable_staff
from domain.errors import NotAllowed, Refused
from domain.paging import COUNTED
from domain.pathways.tasks import count_overdue, due_now, give_back, mark, open_tasks, take
from domain.safeguarding.conflicts import recuse
from storage.kinds import Role
from storage.sessions import SERVICE, Clock
from storage.tables.pathways import Task
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.pathways.owing import owes, reminded
from tests.racing import stands_still


@pytest.fixture(autouse=True)
def morning(clock: Clock) -> None:
    set_clock(clock, MORNING)


async def whose(centre: Centre, actor: Actor) -> dict[UUID, str]:
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        return {line.id: line.whose for line in (await open_tasks(session, actor)).lines}


async def test_p2_race_of_two_who_take_the_same_task(centre: Centre) -> None:
    vera, ana = await centre.colleague(name="Vera"), await centre.colleague(name="Ana")
    task = await owes(centre, await centre.person(), MORNING)

    async def takes_too() -> None:
        async with centre.database.begin(centre.organisation.id, ana.staff_id) as session:
            with pytest.raises(Refused, match="changed this meanwhile"):
                await take(session, ana, task)

    ours = centre.organisation.id, vera.staff_id
    async with asyncio.TaskGroup() as group, centre.database.begin(*ours) as session:
        await take(session, vera, task)
        await session.flush()
        await stands_still(centre.database, group.create_task(takes_too()))
    assert await whose(centre, ana) == {task: "Vera"}


async def test_a_task_is_given_back_by_whoever_took_it_and_by_supervisors(centre: Centre) -> None:
    vera, ana = await centre.colleague(), await centre.colleague()
    sara = await centre.colleague(Role.SUPERVISOR)
    tasks = [await owes(centre, await centre.person(), MORNING, by=vera) for _ in range(2)]
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(NotAllowed):
            await give_back(session, ana, tasks[0])
        await give_back(session, vera, tasks[0])
        await give_back(session, sara, tasks[1])
        await take(session, ana, tasks[0])
    assert await whose(centre, sara) == {tasks[0]: "Vera Hoxha", tasks[1]: ""}


@pytest.mark.parametrize("leaves", [True, False])
async def test_p2_what_somebody_took_is_anybodys_once_they_leave_or_step_back(
    centre: Centre, leaves: bool
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR)
    vera = await centre.colleague(name="Vera")
    await centre.colleague(chat=502, on_duty=True)
    person, other = await centre.person(), await centre.person()
    task = await owes(centre, person, MORNING, by=vera)
    others = await owes(centre, other, MORNING, by=vera)
    assert await reminded(centre) == []
    async with centre.database.begin(SERVICE) as session:
        if leaves:
            await disable_staff(session, chief, vera.staff_id)
        else:
            await recuse(session, vera, person.id)
    assert await whose(centre, chief) == {task: "", others: "" if leaves else "Vera"}
    assert await reminded(centre) == [(502, 2 if leaves else 1, True)]


async def test_p2_what_is_not_done_after_all_is_anybodys_for_whoever_did_it_may_have_left(
    centre: Centre,
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR)
    vera, ana = await centre.colleague(), await centre.colleague(name="Ana", chat=502, on_duty=True)
    task = await owes(centre, await centre.person(), MORNING, by=vera)
    async with centre.database.begin(SERVICE) as session:
        await mark(session, vera, task, done=True)
        await disable_staff(session, chief, vera.staff_id)
        await mark(session, ana, task, done=False)
    assert await reminded(centre) == [(502, 1, True)]
    async with centre.database.begin(SERVICE) as session:
        await take(session, ana, task)
    assert await whose(centre, chief) == {task: "Ana"}


async def test_p10_race_of_taking_a_task_and_stepping_back_from_its_person(centre: Centre) -> None:
    """It would be theirs for good, and they would not see it."""
    vera, chief = await centre.colleague(), await centre.colleague(Role.SUPERVISOR)
    person = await centre.person()
    task = await owes(centre, person, MORNING)

    async def takes() -> None:
        async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
            with pytest.raises(Refused, match="no such task"):
                await take(session, vera, task)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await recuse(session, vera, person.id)
        await session.flush()
        await stands_still(centre.database, group.create_task(takes()))
    assert await whose(centre, chief) == {task: ""}


async def test_what_is_overdue_and_due_today_is_counted_without_what_colleagues_took(
    centre: Centre,
) -> None:
    vera, ana = await centre.colleague(), await centre.colleague()
    hour = timedelta(hours=1)
    # At the organisation it is eleven.
    for due, by in (
        (-hour, None),
        (-hour, vera),
        (-hour, ana),
        (12 * hour, vera),
        (14 * hour, ana),
    ):
        await owes(centre, await centre.person(), MORNING + due, by)
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        found = await due_now(session, vera)
    assert (found.overdue.number, found.today.number) == (2, 1)
    async with centre.database.begin(SERVICE) as session:
        assert await session.scalar(count_overdue(session.now)) == 3


async def test_of_very_many_only_the_first_are_counted(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    task = await owes(centre, person, MORNING - timedelta(hours=1))
    async with centre.database.begin(SERVICE) as session:
        first = await session.get_one(Task, task)
        same = ("organisation_id", "returnee_id", "pathway", "version", "due_at")
        given = {name: getattr(first, name) for name in same}
        session.add_all(Task(step=f"step-{number}", **given) for number in range(COUNTED))
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        found = await due_now(session, vera)
    assert (str(found.overdue), found.overdue.number, bool(found.today)) == ("99+", COUNTED, False)
