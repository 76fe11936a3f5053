"""Somebody who is with two organisations at once."""

from domain.actors import Actor
from domain.privacy.passing_on import Reason, pass_on
from domain.returnees.enrolments import enrol
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre


async def with_both(centre: Centre) -> tuple[Centre, Returnee]:
    """It is passed on at the other one, and waits."""
    person = await centre.person()
    other = await also_with(centre, person, "Rabat")
    await passes_on(other, await other.colleague(Role.SAFEGUARDING), person)
    return other, person


async def also_with(centre: Centre, person: Returnee, name: str) -> Centre:
    other = await Centre.open(centre.database, centre.clock, name)
    async with centre.database.begin(SERVICE) as session:
        there = await session.get_one(Organisation, other.organisation.id)
        await enrol(session, await session.get_one(Returnee, person.id), there)
    return other


async def passes_on(centre: Centre, actor: Actor, person: Returnee) -> None:
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        await pass_on(session, actor, person.id, Reason.ASKED_IN_PERSON)
