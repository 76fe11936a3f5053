"""Handing shifts on."""

import asyncio
from datetime import time, timedelta

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.colleagues.leaving import disable_staff
from domain.duty import swaps
from domain.duty.shifts import plan_once
from domain.duty.weekly import end_weekly
from domain.errors import Refused
from domain.notices import Notice
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.duty import WeeklyShift
from tests.domain.centre import Centre
from tests.domain.duty.planning import TIRANA, called, every_day, shifts, today


async def test_a_shift_is_its_owners_until_a_colleague_takes_it(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    samir = await centre.colleague(name="Samir")
    await every_day(centre, chief, vera)
    [shift, *_] = await shifts(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="not offered"):
            await swaps.take(session, samir, shift.id)
        with pytest.raises(Refused, match="somebody else's"):
            await swaps.offer(session, samir, shift.id)
        await swaps.offer(session, vera, shift.id)
    assert await called(centre) == [vera.staff_id]
    async with centre.database.begin(centre.organisation.id) as session:
        await swaps.take(session, samir, shift.id)
    assert await called(centre) == [samir.staff_id]


async def test_a_shift_that_a_colleague_took_over_stays_theirs_once_its_weeks_have_ended(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    samir = await centre.colleague(name="Samir")
    await every_day(centre, chief, vera)
    taken = (await shifts(centre))[-1]
    async with centre.database.begin(centre.organisation.id) as session:
        await swaps.offer(session, vera, taken.id)
        await swaps.take(session, samir, taken.id)
    async with centre.database.begin(centre.organisation.id) as session:
        for weekly in (await session.scalars(select(WeeklyShift))).all():
            await end_weekly(session, chief, weekly.id)
        now = session.now
    to_come = [shift for shift in await shifts(centre) if shift.starts_at > now]
    assert [(shift.id, shift.staff_id) for shift in to_come] == [(taken.id, samir.staff_id)]


async def test_whoever_has_worked_earlier_that_day_takes_what_is_left_of_a_shift(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    samir = await centre.colleague(name="Samir")
    tomorrow, begins = await today(centre) + timedelta(days=1), time(8)
    async with centre.database.begin(centre.organisation.id) as session:
        await plan_once(session, chief, vera.staff_id, tomorrow, begins, time(20))
        await plan_once(session, chief, samir.staff_id, tomorrow, begins, time(12))
        now = session.now
    [mornings, whole] = sorted(await shifts(centre), key=lambda shift: shift.ends_at or now)
    assert mornings.ends_at is not None
    centre.later(hours=(mornings.ends_at - now) / timedelta(hours=1) - 1)
    async with centre.database.begin(centre.organisation.id) as session:
        await swaps.offer(session, vera, whole.id)
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="on duty then already"):
            await swaps.take(session, samir, whole.id)
    centre.later(hours=2)
    async with centre.database.begin(centre.organisation.id) as session:
        await swaps.take(session, samir, whole.id)
    assert await called(centre) == [samir.staff_id]


async def test_an_offer_to_one_colleague_is_no_others_to_take_and_can_be_taken_back(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    samir = await centre.colleague(name="Samir")
    await every_day(centre, chief, vera)
    [shift, *_] = await shifts(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        await swaps.offer(session, vera, shift.id, samir.staff_id)
        with pytest.raises(Refused):
            await swaps.take(session, chief, shift.id)
        await swaps.keep(session, vera, shift.id)
        with pytest.raises(Refused):
            await swaps.take(session, samir, shift.id)


async def test_what_was_offered_to_whoever_leaves_is_offered_to_nobody_and_stays_its_owners(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    samir, nora = await centre.colleague(name="Samir"), await centre.colleague(name="Nora")
    await every_day(centre, chief, vera)
    to_samir, to_nora, to_all = (await shifts(centre))[:3]
    async with centre.database.begin(centre.organisation.id) as session:
        await swaps.offer(session, vera, to_samir.id, samir.staff_id)
        await swaps.offer(session, vera, to_nora.id, nora.staff_id)
        await swaps.offer(session, vera, to_all.id)
    lead = await centre.colleague(Role.SUPERVISOR)
    async with centre.database.begin(SERVICE) as session:
        await disable_staff(session, lead, samir.staff_id)
    offered = [shift.id for shift in await shifts(centre) if shift.offered_at is not None]
    assert offered == [to_nora.id, to_all.id]
    assert {shift.staff_id for shift in await shifts(centre)} == {vera.staff_id}


async def test_whoever_is_offered_a_shift_is_told_when_it_is_and_not_whose(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    samir = await centre.colleague(name="Samir", chat=801)
    await every_day(centre, chief, vera)
    [shift, *_] = await shifts(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        await swaps.offer(session, vera, shift.id)
        await swaps.offer(session, vera, shift.id, samir.staff_id)
    [told] = await centre.sent(Notice.STAFF_SHIFT_OFFERED)
    begins = shift.starts_at.astimezone(TIRANA)
    assert (told.chat, set(told.params)) == (801, {"begins", "ends"})
    assert told.params["begins"] == begins.replace(tzinfo=None).isoformat()


async def test_of_many_who_take_a_shift_at_once_one_gets_it(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    others = [await centre.colleague(name=f"Nora {number}") for number in range(5)]
    await every_day(centre, chief, vera)
    [shift, *_] = await shifts(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        await swaps.offer(session, vera, shift.id)

    async def take(actor: Actor) -> bool:
        try:
            async with centre.database.begin(centre.organisation.id) as session:
                await swaps.take(session, actor, shift.id)
        except Refused:
            return False
        return True

    assert sum(await asyncio.gather(*map(take, others))) == 1
