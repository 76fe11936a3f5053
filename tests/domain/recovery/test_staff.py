"""Nobody of staff is there when a backup is restored, until they say so."""

from datetime import time, timedelta

from sqlalchemy import select, text

from domain.duty import go_on_duty, is_staffed
from domain.duty.shifts import plan_once
from domain.staff.browsers import open_session, whose
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.staff import Staff, StaffCode
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.duty.planning import shifts, today
from tests.domain.recovery.restoring import Recover


async def test_p10_nobody_is_signed_in_and_no_code_works_a_second_time(
    centre: Centre, restored: Recover
) -> None:
    actor = await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        cookie = await open_session(session, await session.get_one(Staff, actor.staff_id))

    assert (await restored()).staff_signed_out == 1
    async with centre.database.begin(SERVICE) as session:
        assert await whose(session, cookie) is None
        assert (await session.scalars(select(StaffCode))).all() == []


async def test_p11_nobody_is_said_to_be_on_duty_until_they_say_so_again(
    centre: Centre, restored: Recover
) -> None:
    await centre.colleague(on_duty=True)

    assert (await restored()).shifts_ended == 1
    async with centre.database.begin(SERVICE) as session:
        assert not await is_staffed(session, centre.organisation.id)


async def test_p11_nobody_is_on_duty_by_the_rota_either_until_they_say_so_and_have_the_rest_of_it(
    centre: Centre, restored: Recover
) -> None:
    """What is still to come of the rota stays planned."""
    set_clock(centre.clock, MORNING)
    chief, vera = await centre.colleague(Role.SUPERVISOR), await centre.colleague()
    day = await today(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        for each in (day, day + timedelta(days=1)):
            await plan_once(session, chief, vera.staff_id, each, time(8), time(18))
    planned = [shift.ends_at for shift in await shifts(centre)]

    assert (await restored()).shifts_ended == 1
    said = []
    async with centre.database.begin(SERVICE) as session:
        said.append(await is_staffed(session, centre.organisation.id))
        await go_on_duty(session, vera)
        said.append(await is_staffed(session, centre.organisation.id))
    assert said == [False, True]
    assert set(planned) < {shift.ends_at for shift in await shifts(centre)}


async def test_a_restore_is_on_record_with_every_organisation(
    centre: Centre, restored: Recover
) -> None:
    await restored()

    async with centre.database.begin(centre.organisation.id) as session:
        actions = await session.scalars(text("SELECT action FROM audit_entry ORDER BY number"))
        assert list(actions)[-1] == "restored"
