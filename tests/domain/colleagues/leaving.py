"""Somebody is with two organisations, and the team of the one that came last leaves."""

from domain.actors import Actor
from domain.colleagues.leaving import disable_staff
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.privacy.elsewhere import also_with

THERE = 11


async def all_leave(centre: Centre, *colleagues: Actor) -> None:
    head = await centre.colleague(Role.ADMIN)
    async with centre.database.begin(SERVICE) as session:
        for each in colleagues:
            await disable_staff(session, head, each.staff_id)


async def with_both(centre: Centre) -> tuple[Returnee, Centre, Actor]:
    """With Tirana, which has a team, and with Rabat since, where one works alone."""
    person = await centre.person()
    await centre.colleague(chat=THERE, on_duty=True)
    rabat = await also_with(centre, person, "Rabat")
    return person, rabat, await rabat.colleague()
