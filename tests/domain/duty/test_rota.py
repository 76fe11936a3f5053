"""Planning: every week and once, and holidays."""

import asyncio
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.colleagues.leaving import disable_staff
from domain.duty.coverage import Lack
from domain.duty.declaring import name_fallback
from domain.duty.shifts import plan_once
from domain.duty.time_off import end_time_off, take_off
from domain.duty.weekly import EveryWeek, end_weekly, plan_ahead, plan_anew, plan_weekly
from domain.errors import NotAllowed, Refused
from domain.notices import Notice
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.audit import AuditEntry
from storage.tables.duty import WeeklyShift
from storage.tables.organisations import Organisation
from tests.domain.centre import Centre
from tests.domain.duty.planning import (
    ALL_DAY,
    EVERY_DAY,
    TIRANA,
    around_the_clock,
    called,
    every_day,
    seen,
    shifts,
    today,
)
from tests.racing import stands_still


async def test_a_weekly_shift_that_is_planned_twice_from_one_page_is_written_down_once(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    hours, first_day = (time(8), time(12)), date(2099, 1, 5)
    for days in ([0, 1], [0, 1], [1, 2]):
        async with centre.database.begin(centre.organisation.id) as session:
            wanted = EveryWeek(days, *hours, first_day)
            await plan_weekly(session, chief, vera.staff_id, wanted, "a page")
    async with centre.database.begin(SERVICE) as session:
        told = select(AuditEntry.detail).where(AuditEntry.action == "rota.weekly")
        written = (await session.scalars(told.order_by(AuditEntry.number))).all()
        assert [detail["days"] for detail in written] == [[0, 1], [2]]


async def test_a_weekly_shift_that_a_colleague_planned_meanwhile_is_not_planned_again_until_it_ends(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    hours = time(8), time(12)
    first_day = await today(centre)
    mondays, both = (EveryWeek(days, *hours, first_day) for days in ([0], [0, 1]))

    async def plan(wanted: EveryWeek, page: str) -> None:
        async with centre.database.begin(centre.organisation.id) as session:
            await plan_weekly(session, chief, vera.staff_id, wanted, page)

    await plan(mondays, "a colleague's page")
    with pytest.raises(Refused, match="on duty then already"):
        await plan(both, "a page")
    async with centre.database.begin(centre.organisation.id) as session:
        (weekly,) = (await session.scalars(select(WeeklyShift))).all()
        await end_weekly(session, chief, weekly.id)
    await plan(both, "a page")


async def test_a_weekly_shift_is_worked_week_after_week_without_anybody_planning_again(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await every_day(centre, chief, vera)
    assert await called(centre) == [vera.staff_id]
    for _ in range(5):
        centre.later(weeks=7)
        async with centre.database.begin(SERVICE) as session:
            assert await plan_ahead(session) == len(EVERY_DAY)
            assert await plan_ahead(session) == 0
        assert await called(centre) == [vera.staff_id]
    found = await shifts(centre)
    begun = {shift.starts_at.astimezone(TIRANA).date() for shift in found}
    assert len(found) == len(begun) == (max(begun) - min(begun)).days + 1


async def test_a_weekly_shift_goes_by_the_clock_that_its_organisation_is_given_later(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await every_day(centre, chief, vera, time(9), time(17))
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        organisation.time_zone = "America/Chicago"
        await plan_anew(session, organisation.id)
        tomorrow = session.now + timedelta(days=1)
    to_come = [shift for shift in await shifts(centre) if shift.starts_at > tomorrow]
    hours = {shift.starts_at.astimezone(ZoneInfo("America/Chicago")).time() for shift in to_come}
    assert hours == {time(9)}


async def test_a_weekly_shift_that_can_not_be_planned_holds_up_no_other(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await every_day(centre, chief, vera)
    async with centre.database.begin(SERVICE) as session:
        broken = (await session.scalars(select(WeeklyShift))).first()
        assert broken is not None
        broken.planned_to = date.min
    centre.later(weeks=7)
    async with centre.database.begin(SERVICE) as session:
        assert await plan_ahead(session) == len(EVERY_DAY) - 1
        assert await plan_ahead(session) == 0
    planned = {shift.starts_at.astimezone(TIRANA).date() for shift in await shifts(centre)}
    far_ahead = await today(centre) + timedelta(weeks=6)
    assert len(planned & {far_ahead + timedelta(days=each) for each in EVERY_DAY}) == 6


async def test_two_replicas_plan_ahead_at_once_and_no_shift_is_there_twice(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await every_day(centre, chief, vera)
    centre.later(weeks=6)

    async def plan() -> None:
        async with centre.database.begin(SERVICE) as session:
            await plan_ahead(session)

    await asyncio.gather(plan(), plan())
    starts = [shift.starts_at for shift in await shifts(centre)]
    assert len(starts) == len(set(starts))


async def test_gaps_are_shown_a_week_ahead_and_vanish_when_somebody_is_planned(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await around_the_clock(centre, chief)
    [gap] = (await seen(centre, chief)).gaps
    assert (gap.lack, gap.ends - gap.begins) == (Lack.NOBODY, timedelta(days=7))
    await every_day(centre, chief, vera)
    [gap] = (await seen(centre, chief)).gaps
    assert gap.lack is Lack.SECOND
    async with centre.database.begin(centre.organisation.id) as session:
        await name_fallback(session, chief, [chief.staff_id])
    assert (await seen(centre, chief)).gaps == []


async def test_who_is_on_duty_until_they_say_otherwise_covers_no_coming_week(
    centre: Centre, chief: Actor
) -> None:
    await centre.colleague(on_duty=True)
    await around_the_clock(centre, chief)
    assert [gap.lack for gap in (await seen(centre, chief)).gaps] == [Lack.NOBODY]


async def test_whose_access_has_ended_covers_nothing(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await around_the_clock(centre, chief)
    await every_day(centre, chief, vera)
    async with centre.database.begin(SERVICE) as session:
        await disable_staff(session, chief, vera.staff_id)
    assert [gap.lack for gap in (await seen(centre, chief)).gaps] == [Lack.NOBODY]


async def test_time_off_calls_shifts_off_and_on_again(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await every_day(centre, chief, vera)
    day = await today(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        yesterday = day - timedelta(days=1)
        await take_off(session, chief, vera.staff_id, yesterday, day + timedelta(days=2))
    assert await called(centre) == []
    [off] = (await seen(centre, chief)).off
    async with centre.database.begin(centre.organisation.id) as session:
        await end_time_off(session, chief, off.id)
    assert await called(centre) == [vera.staff_id]


async def test_on_a_holiday_no_hours_are_declared_and_only_single_shifts_are_worked(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await around_the_clock(centre, chief)
    await every_day(centre, chief, vera)
    day = await today(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        await take_off(session, chief, None, day - timedelta(days=1), day + timedelta(days=20))
    assert await called(centre) == []
    assert (await seen(centre, chief)).gaps == []
    async with centre.database.begin(centre.organisation.id) as session:
        await plan_once(session, chief, vera.staff_id, day, *ALL_DAY)
    assert await called(centre) == [vera.staff_id]


async def test_p2_a_shift_planned_on_a_day_off_does_not_vanish_with_anothers_holiday(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    """Nor with its end."""
    day = await today(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        await take_off(session, chief, vera.staff_id, day, day + timedelta(days=4))
        await plan_once(session, chief, vera.staff_id, day, *ALL_DAY)
    december = day + timedelta(days=200)
    async with centre.database.begin(centre.organisation.id) as session:
        await take_off(session, chief, None, december, december)
    assert await called(centre) == [vera.staff_id]
    holiday = (await seen(centre, chief)).off[-1]
    async with centre.database.begin(centre.organisation.id) as session:
        await end_time_off(session, chief, holiday.id)
    assert await called(centre) == [vera.staff_id]


async def test_what_ends_of_two_times_off_leaves_the_other(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await every_day(centre, chief, vera)
    day = await today(centre)
    for who in (vera.staff_id, None):
        async with centre.database.begin(centre.organisation.id) as session:
            await take_off(session, chief, who, day - timedelta(days=1), day)
    for still in ([], [vera.staff_id]):
        off = (await seen(centre, chief)).off[0]
        async with centre.database.begin(centre.organisation.id) as session:
            await end_time_off(session, chief, off.id)
        assert await called(centre) == still


async def test_race_of_time_off_that_ends_and_a_holiday_that_is_entered(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await every_day(centre, chief, vera)
    day = await today(centre)
    days = day - timedelta(days=1), day
    async with centre.database.begin(centre.organisation.id) as session:
        await take_off(session, chief, vera.staff_id, *days)
    [off] = (await seen(centre, chief)).off

    async def enter() -> None:
        async with centre.database.begin(centre.organisation.id) as session:
            await take_off(session, chief, None, *days)

    async with (
        asyncio.TaskGroup() as group,
        centre.database.begin(centre.organisation.id) as session,
    ):
        await end_time_off(session, chief, off.id)
        entering = group.create_task(enter())
        await stands_still(centre.database, entering)
    assert await called(centre) == []


@pytest.mark.parametrize("how", ["a weekly shift", "the tick", "another's end"])
async def test_race_of_time_off_and_planning_leaves_no_shift_of_somebody_who_is_away(
    centre: Centre, chief: Actor, vera: Actor, how: str
) -> None:
    day = await today(centre)
    if how == "another's end":
        async with centre.database.begin(centre.organisation.id) as session:
            await take_off(session, chief, None, day, day + timedelta(weeks=8))
    if how != "a weekly shift":
        await every_day(centre, chief, vera)
    [*ended] = (await seen(centre, chief)).off
    centre.later(weeks=6)
    day = await today(centre)

    async def plans() -> None:
        async with centre.database.begin(SERVICE) as session:
            if how == "a weekly shift":
                always = EveryWeek(EVERY_DAY, *ALL_DAY, day)
                await plan_weekly(session, chief, vera.staff_id, always)
            elif how == "the tick":
                await plan_ahead(session)
            else:
                await end_time_off(session, chief, ended[0].id)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        first, last = day - timedelta(days=1), day + timedelta(weeks=9)
        await take_off(session, chief, vera.staff_id, first, last)
        planning = group.create_task(plans())
        await stands_still(centre.database, planning)
    async with centre.database.begin(SERVICE) as session:
        await plan_ahead(session)
    running = [shift for shift in await shifts(centre) if shift.time_off_id is None]
    assert [shift for shift in running if shift.starts_at.astimezone(TIRANA).date() >= day] == []


async def test_ending_a_weekly_shift_ends_what_has_not_begun(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await every_day(centre, chief, vera)
    for line in (await seen(centre, chief)).weekly:
        async with centre.database.begin(centre.organisation.id) as session:
            await end_weekly(session, chief, line.id)
    assert await called(centre) == [vera.staff_id]
    centre.later(days=1, hours=1)
    assert await called(centre) == []


async def test_p10_only_planners_plan_and_only_whoever_works_on_cases_is_planned(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    coordinator = await centre.colleague(Role.COORDINATOR)
    day = await today(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(NotAllowed):
            await plan_once(session, vera, vera.staff_id, day, *ALL_DAY)
        with pytest.raises(Refused, match="works on cases"):
            await plan_once(session, chief, coordinator.staff_id, day, *ALL_DAY)
        await plan_once(session, coordinator, vera.staff_id, day, *ALL_DAY)
        with pytest.raises(Refused, match="already"):
            await plan_once(session, coordinator, vera.staff_id, day, time(1), time(0))


async def test_p2_with_nobody_on_duty_the_fallback_list_is_called_first_then_everybody(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await centre.colleague(name="Samir", chat=502)
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=503)
    named = [vera.staff_id, keeper.staff_id]
    async with centre.database.begin(centre.organisation.id) as session:
        await name_fallback(session, chief, named)
    await centre.signal(await centre.person(), Severity.URGENT)
    first = [sent.chat for sent in await centre.sent(Notice.STAFF_ALERT)]
    assert first == [501, 503]
    centre.later(hours=2)
    await centre.tick()
    then = [sent.chat for sent in await centre.sent(Notice.STAFF_ALERT)][len(first) :]
    assert set(then) == {501, 502, 503}


async def test_p2_whoever_is_to_be_fallen_back_on_and_is_away_keeps_nobody_waiting(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await centre.colleague(name="Samir", chat=502)
    day = await today(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        await name_fallback(session, chief, [vera.staff_id])
        await take_off(session, chief, vera.staff_id, day, day)
    await centre.signal(await centre.person(), Severity.EMERGENCY)
    assert 502 in {sent.chat for sent in await centre.sent(Notice.STAFF_ALERT)}


@pytest.mark.parametrize(
    ("country", "first"), [("AL", 0), ("JO", 5), ("US", 6), (None, 0)], ids=str
)
async def test_the_week_of_a_rota_begins_as_calendars_there_begin_it(
    centre: Centre, chief: Actor, vera: Actor, country: str | None, first: int
) -> None:
    await every_day(centre, chief, vera)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Organisation, centre.organisation.id)).country = country
    rota = await seen(centre, chief)

    week = [(first + number) % 7 for number in EVERY_DAY]
    assert [day.day.weekday() for day in rota.days] == rota.weekdays == week
    assert [line.weekly.weekday for line in rota.weekly] == week
    assert await today(centre) in {day.day for day in rota.days}
