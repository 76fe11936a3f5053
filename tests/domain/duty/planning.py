"""A rota that is planned, and what comes of it."""

from collections.abc import Awaitable, Callable
from datetime import date, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from domain.actors import Actor
from domain.duty import drills, on_duty
from domain.duty.declaring import declare_hours, name_fallback
from domain.duty.reading import Rota, read_rota
from domain.duty.time_off import take_off
from domain.duty.weekly import EveryWeek, plan_weekly
from domain.queue.standing import standing_of
from storage.sessions import SERVICE
from storage.tables.duty import Shift
from tests.domain.centre import Centre

TIRANA = ZoneInfo("Europe/Tirane")
EVERY_DAY = range(7)
ALL_DAY = time(0), time(0)

Press = Callable[..., Awaitable[None]]


async def today(centre: Centre) -> date:
    async with centre.database.begin(SERVICE) as session:
        return session.now.astimezone(TIRANA).date()


async def every_day(centre: Centre, chief: Actor, who: Actor, *hours: time) -> None:
    begins, ends = hours or ALL_DAY
    async with centre.database.begin(centre.organisation.id) as session:
        always = EveryWeek(EVERY_DAY, begins, ends, date(2020, 1, 1))
        await plan_weekly(session, chief, who.staff_id, always)


async def around_the_clock(centre: Centre, chief: Actor) -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        await declare_hours(session, chief, dict.fromkeys(EVERY_DAY, ALL_DAY))


async def plans(centre: Centre, chief: Actor, vera: Actor) -> None:
    """All that the gate waits for but a drill."""
    await around_the_clock(centre, chief)
    await every_day(centre, chief, vera)
    async with centre.database.begin(centre.organisation.id) as session:
        await name_fallback(session, chief, [chief.staff_id])


async def passes_a_drill(centre: Centre, chief: Actor, *called: Actor) -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        await drills.start(session, chief)
    for actor in called:
        async with centre.database.begin(centre.organisation.id) as session:
            drill = (await standing_of(session, actor)).drill
            assert drill is not None
            await drills.answer(session, actor, drill)


async def presses(centre: Centre, how: Press, actor: Actor) -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        await how(session, actor)


async def is_off(centre: Centre, chief: Actor, actor: Actor, *, in_days: int = 0) -> None:
    """For a week from then on."""
    first_day = await today(centre) + timedelta(days=in_days)
    async with centre.database.begin(centre.organisation.id) as session:
        last_day = first_day + timedelta(days=6)
        await take_off(session, chief, actor.staff_id, first_day, last_day)


async def seen(centre: Centre, actor: Actor) -> Rota:
    day = await today(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        return await read_rota(session, actor, day)


async def called(centre: Centre) -> list[UUID]:
    async with centre.database.begin(SERVICE) as session:
        return [staff.id for staff in await on_duty(session, centre.organisation.id)]


async def shifts(centre: Centre) -> list[Shift]:
    async with centre.database.begin(SERVICE) as session:
        found = await session.scalars(select(Shift).order_by(Shift.starts_at))
        return list(found)
