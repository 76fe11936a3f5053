"""Whoever says off in a shift, perhaps by mistake, and on again before it was to end."""

import asyncio
from datetime import time, timedelta

import pytest

from domain.actors import Actor
from domain.duty import go_off_duty, go_on_duty, is_staffed, swaps
from domain.duty.shifts import call_off, plan_once
from storage.sessions import SERVICE, Clock
from storage.tables.duty import Shift
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.duty.planning import (
    called,
    is_off,
    passes_a_drill,
    plans,
    presses,
    shifts,
    today,
)
from tests.racing import stands_still

# From eight to six, by the clocks in Tirana, where it is eleven.
BEGINS, ENDS = MORNING - timedelta(hours=3), MORNING + timedelta(hours=7)


@pytest.fixture(autouse=True)
def _on_a_monday(clock: Clock) -> None:
    set_clock(clock, MORNING)


async def has_a_shift(centre: Centre, chief: Actor, who: Actor) -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        await plan_once(session, chief, who.staff_id, await today(centre), time(8), time(18))


async def planned(centre: Centre) -> list[Shift]:
    return [shift for shift in await shifts(centre) if shift.ends_at is not None]


async def test_p11_whoever_says_on_again_in_their_shift_opens_the_gate_that_off_had_shut(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    """Nobody waits for the end of a shift whose owner is there."""
    await plans(centre, chief, vera)
    await passes_a_drill(centre, chief, vera)
    said = []
    for press in (go_off_duty, go_on_duty):
        centre.later(minutes=1)
        await presses(centre, press, vera)
        async with centre.database.begin(SERVICE) as session:
            said.append(await is_staffed(session, centre.organisation.id))
    assert said == [False, True]


async def test_they_have_the_rest_of_it_and_were_not_there_in_between(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await has_a_shift(centre, chief, vera)
    await presses(centre, go_off_duty, vera)
    centre.later(hours=1)
    await presses(centre, go_on_duty, vera)
    first, rest = await planned(centre)
    assert (first.starts_at, rest.ends_at) == (BEGINS, ENDS)
    assert first.ends_at is not None
    assert timedelta(minutes=59) < rest.starts_at - first.ends_at < timedelta(minutes=61)


async def test_whoever_says_off_and_on_once_more_has_the_rest_to_the_same_end(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await has_a_shift(centre, chief, vera)
    for press in (go_off_duty, go_on_duty, go_on_duty, go_off_duty, go_on_duty):
        centre.later(minutes=10)
        await presses(centre, press, vera)
    assert [shift.ends_at for shift in await planned(centre)].count(ENDS) == 1
    centre.later(minutes=10)
    await presses(centre, go_off_duty, vera)
    assert await called(centre) == []


async def test_race_of_two_who_say_on_again_gives_the_rest_once(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await has_a_shift(centre, chief, vera)
    await presses(centre, go_off_duty, vera)
    async with (
        asyncio.TaskGroup() as group,
        centre.database.begin(centre.organisation.id) as session,
    ):
        await go_on_duty(session, vera)
        await session.flush()
        second = group.create_task(presses(centre, go_on_duty, vera))
        await stands_still(centre.database, second)
    assert len(await planned(centre)) == 2


async def test_on_without_the_rest_of_the_shift_gives_it_when_it_is_said_again(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    """As where a replica of the release before heard it first."""
    await has_a_shift(centre, chief, vera)
    await presses(centre, go_off_duty, vera)
    async with centre.database.begin(centre.organisation.id) as session:
        here = {"organisation_id": centre.organisation.id, "staff_id": vera.staff_id}
        session.add(Shift(**here, starts_at=session.now))
    await presses(centre, go_on_duty, vera)
    assert [shift.ends_at for shift in await planned(centre)][1:] == [ENDS]


async def test_what_they_offered_of_it_is_offered_still(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    samir = await centre.colleague(name="Samir")
    await has_a_shift(centre, chief, vera)
    async with centre.database.begin(centre.organisation.id) as session:
        await swaps.offer(session, vera, (await planned(centre))[0].id, samir.staff_id)
    for press in (go_off_duty, go_on_duty):
        centre.later(minutes=1)
        await presses(centre, press, vera)
    async with centre.database.begin(centre.organisation.id) as session:
        await swaps.take(session, samir, (await planned(centre))[1].id)
    assert samir.staff_id in await called(centre)


async def test_once_it_was_to_end_nothing_of_it_is_left(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await has_a_shift(centre, chief, vera)
    await presses(centre, go_off_duty, vera)
    centre.later(hours=7)
    await presses(centre, go_on_duty, vera)
    assert len(await planned(centre)) == 1
    assert await called(centre) == [vera.staff_id]


async def test_a_shift_that_a_supervisor_called_off_stays_so(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await has_a_shift(centre, chief, vera)
    async with centre.database.begin(centre.organisation.id) as session:
        await call_off(session, chief, (await planned(centre))[0].id)
    await presses(centre, go_on_duty, vera)
    assert len(await planned(centre)) == 1


async def test_time_off_that_was_entered_in_between_leaves_them_no_shift(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    """Whoever says on all the same is there; and what took place before did."""
    await has_a_shift(centre, chief, vera)
    await presses(centre, go_off_duty, vera)
    await is_off(centre, chief, vera)
    await presses(centre, go_on_duty, vera)
    [first] = await planned(centre)
    assert first.time_off_id is None
    assert await called(centre) == [vera.staff_id]


@pytest.mark.parametrize("off", ["tomorrow", "a colleague", "before it was planned"])
async def test_time_off_that_would_not_have_called_it_off_leaves_them_the_rest(
    centre: Centre, chief: Actor, vera: Actor, off: str
) -> None:
    if off == "before it was planned":
        await is_off(centre, chief, vera)
    await has_a_shift(centre, chief, vera)
    await presses(centre, go_off_duty, vera)
    if off == "tomorrow":
        await is_off(centre, chief, vera, in_days=1)
    elif off == "a colleague":
        await is_off(centre, chief, chief)
    await presses(centre, go_on_duty, vera)
    assert [shift.ends_at for shift in await planned(centre)][1:] == [ENDS]
