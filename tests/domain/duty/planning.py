"""A rota that is planned, and what comes of it."""

from datetime import date, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from domain.actors import Actor
from domain.duty import on_duty
from domain.duty.declaring import declare_hours
from domain.duty.reading import Rota, read_rota
from domain.duty.weekly import EveryWeek, plan_weekly
from storage.sessions import SERVICE
from storage.tables.duty import Shift
from tests.domain.centre import Centre

TIRANA = ZoneInfo("Europe/Tirane")
EVERY_DAY = range(7)
ALL_DAY = time(0), time(0)


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
