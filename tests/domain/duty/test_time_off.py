"""Whoever is on duty until they say otherwise, and has time off."""

from datetime import timedelta

import pytest

from domain.actors import Actor
from domain.casework.work import snooze
from domain.duty import go_off_duty, go_on_duty, is_staffed
from domain.duty.declaring import name_fallback
from domain.duty.shifts import plan_once
from domain.duty.time_off import end_as_time_off_begins
from domain.errors import Refused
from storage.kinds import CaseState, Severity
from storage.sessions import SERVICE, Clock
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.duty.planning import ALL_DAY, called, is_off, presses, shifts, today


@pytest.fixture(autouse=True)
def _on_a_monday(clock: Clock) -> None:
    set_clock(clock, MORNING)


async def ticks(centre: Centre) -> int:
    async with centre.database.begin(SERVICE) as session:
        return await end_as_time_off_begins(session)


async def test_p11_whoever_forgot_to_say_off_is_not_said_to_be_there_once_they_have_time_off(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    """Nor called alone: whom the organisation named for that are (P2)."""
    samir = await centre.colleague(name="Samir", chat=502)
    async with centre.database.begin(centre.organisation.id) as session:
        await name_fallback(session, chief, [samir.staff_id])
    await presses(centre, go_on_duty, vera)
    await is_off(centre, chief, vera, in_days=3)
    centre.later(days=2)
    assert await ticks(centre) == 0
    assert await called(centre) == [vera.staff_id]

    centre.later(days=1)
    assert await ticks(centre) == 1
    assert await ticks(centre) == 0
    await centre.signal(await centre.person(), Severity.URGENT)
    assert await centre.alerted() == [502]
    async with centre.database.begin(SERVICE) as session:
        assert not await is_staffed(session, centre.organisation.id)


async def test_time_off_begins_with_midnight_where_the_organisation_is(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await presses(centre, go_on_duty, vera)
    await is_off(centre, chief, vera, in_days=1)
    centre.later(hours=12, minutes=59)
    assert await ticks(centre) == 0
    centre.later(minutes=2)
    assert await ticks(centre) == 1
    assert await called(centre) == []


async def test_time_off_that_begins_today_ends_at_once_what_was_to_go_on_until_they_say_so(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    """As it calls off a planned shift that runs."""
    samir = await centre.colleague(name="Samir", on_duty=True)
    await presses(centre, go_on_duty, vera)
    await is_off(centre, chief, vera)
    assert await called(centre) == [samir.staff_id]


async def test_whoever_says_on_duty_on_a_day_off_is_there(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await presses(centre, go_on_duty, vera)
    await is_off(centre, chief, vera)
    centre.later(days=1)
    await presses(centre, go_on_duty, vera)
    assert await ticks(centre) == 0
    assert await called(centre) == [vera.staff_id]
    centre.later(hours=1)
    await presses(centre, go_off_duty, vera)
    centre.later(days=9)
    assert await called(centre) == []


@pytest.mark.parametrize("shift", ["until they say otherwise", "a single one"])
@pytest.mark.parametrize("again", ["they write", "it was put off"])
async def test_p2_whoever_is_on_duty_on_a_day_off_keeps_the_case_that_they_have(
    centre: Centre, chief: Actor, vera: Actor, shift: str, again: str
) -> None:
    """As long as they are there."""
    await is_off(centre, chief, vera)
    centre.later(days=1)
    if shift == "a single one":
        async with centre.database.begin(centre.organisation.id) as session:
            await plan_once(session, chief, vera.staff_id, await today(centre), *ALL_DAY)
    else:
        await presses(centre, go_on_duty, vera)
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, case)
    if again == "it was put off":
        async with centre.database.begin(centre.organisation.id) as session:
            await snooze(session, vera, case.id, session.now + timedelta(hours=1))
        centre.later(hours=1)
        await centre.tick()
    else:
        await centre.hears(person)
    theirs = await centre.fresh(case)
    assert (theirs.state, theirs.claimed_by) == (CaseState.CLAIMED, vera.staff_id)

    await centre.writes(vera, case)
    await presses(centre, go_off_duty, vera)
    await centre.hears(person)
    assert (await centre.fresh(case)).state is CaseState.OPEN


async def test_time_off_that_is_over_ends_nothing(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await is_off(centre, chief, vera)
    centre.later(days=9)
    await is_off(centre, chief, vera, in_days=9)
    await presses(centre, go_on_duty, vera)
    assert await ticks(centre) == 0
    assert await called(centre) == [vera.staff_id]
    [shift] = await shifts(centre)
    assert shift.ends_at is None


async def test_time_off_of_a_mistyped_year_is_refused_and_that_of_today_is_not(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    with pytest.raises(Refused, match="still to come"):
        await is_off(centre, chief, vera, in_days=-365)
    await is_off(centre, chief, vera, in_days=-6)
