import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.colleagues.leaving import disable_staff
from domain.duty import go_off_duty, go_on_duty, is_staffed, on_duty
from domain.errors import NotAllowed
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.duty import Shift
from tests.domain.centre import Centre
from tests.racing import stands_still


async def test_who_goes_on_duty_stays_on_until_they_go_off(centre: Centre) -> None:
    vera = await centre.colleague(on_duty=True)
    centre.later(days=2)
    async with centre.database.begin(centre.organisation.id) as session:
        assert [staff.id for staff in await on_duty(session, centre.organisation.id)] == [
            vera.staff_id
        ]
        await go_off_duty(session, vera)
        await session.flush()
        assert not await is_staffed(session, centre.organisation.id)


async def test_going_on_or_off_twice_changes_nothing(centre: Centre) -> None:
    vera = await centre.colleague(on_duty=True)
    async with centre.database.begin(centre.organisation.id) as session:
        await go_on_duty(session, vera)
        await session.flush()
        assert len(await on_duty(session, centre.organisation.id)) == 1
        await go_off_duty(session, vera)
        await go_off_duty(session, vera)
        assert not await is_staffed(session, centre.organisation.id)


async def test_race_of_two_who_say_on_for_the_same_colleague_leaves_one_shift(
    centre: Centre,
) -> None:
    vera = await centre.colleague()

    async def says_on() -> None:
        async with centre.database.begin(centre.organisation.id) as session:
            await go_on_duty(session, vera)

    async with centre.database.begin(centre.organisation.id) as earlier:
        async with (
            asyncio.TaskGroup() as group,
            centre.database.begin(centre.organisation.id) as session,
        ):
            await go_on_duty(session, vera)
            await session.flush()
            second = group.create_task(says_on())
            await stands_still(centre.database, second)
        await go_on_duty(earlier, vera)
    async with centre.database.begin(centre.organisation.id) as session:
        assert len((await session.scalars(select(Shift))).all()) == 1


async def test_whoever_said_on_by_a_clock_that_was_ahead_is_on_once_they_say_so_again(
    centre: Centre,
) -> None:
    vera, here = await centre.colleague(), centre.organisation.id
    seen = []
    for days in (1, -1):
        centre.later(days=days)
        async with centre.database.begin(here) as session:
            seen.append(await on_duty(session, here))
            await go_on_duty(session, vera)
    assert seen == [[], []]
    async with centre.database.begin(here) as session:
        assert [each.id for each in await on_duty(session, here)] == [vera.staff_id]


async def test_whoever_says_on_during_a_shift_stays_on_behind_it(centre: Centre) -> None:
    """As they are told; and off ends both."""
    vera = await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        starts, ends = session.now - timedelta(hours=8), session.now + timedelta(minutes=2)
        planned = {"organisation_id": centre.organisation.id, "staff_id": vera.staff_id}
        session.add(Shift(**planned, starts_at=starts, ends_at=ends))
        await session.flush()
        await go_on_duty(session, vera)
    centre.later(hours=1)
    async with centre.database.begin(centre.organisation.id) as session:
        assert await on_duty(session, centre.organisation.id)
    centre.later(minutes=-59)
    async with centre.database.begin(centre.organisation.id) as session:
        await go_off_duty(session, vera)
        assert not await on_duty(session, centre.organisation.id)


async def test_an_account_that_has_ended_is_not_on_duty(centre: Centre) -> None:
    vera = await centre.colleague(on_duty=True)
    chief = await centre.colleague(Role.SUPERVISOR)
    async with centre.database.begin(SERVICE) as session:
        await disable_staff(session, chief, vera.staff_id)
        await session.flush()
        assert not await is_staffed(session, centre.organisation.id)


async def test_p10_a_role_that_works_on_no_cases_is_never_on_duty(centre: Centre) -> None:
    coordinator = await centre.colleague(Role.COORDINATOR)
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(NotAllowed):
            await go_on_duty(session, coordinator)
