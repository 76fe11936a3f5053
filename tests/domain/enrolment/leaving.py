"""An organisation lets somebody go."""

from sqlalchemy import select

from domain.actors import Actor
from domain.enrolment.parting import part
from domain.returnees.enrolments import current_enrolment, organisation_of, pseudonym_of
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from storage.tables.returnees import Enrolment, Returnee
from tests.domain.centre import Centre


async def name_of(centre: Centre, actor: Actor, person: Returnee) -> str:
    async with centre.database.begin(SERVICE) as session:
        return await pseudonym_of(session, actor, person.id)


async def lets_go(centre: Centre, actor: Actor, person: Returnee) -> None:
    """By the page as it is now."""
    pseudonym = await name_of(centre, actor, person)
    async with centre.database.begin(SERVICE) as session:
        await part(session, actor, person.id, pseudonym)


async def is_with(centre: Centre, person: Returnee) -> bool:
    async with centre.database.begin(SERVICE) as session:
        return await current_enrolment(session, person.id, centre.organisation.id) is not None


async def answered_by(centre: Centre, person: Returnee) -> str:
    """The organisation that a cry would reach."""
    async with centre.database.begin(SERVICE) as session:
        there = await organisation_of(session, await session.get_one(Returnee, person.id))
        return (await session.get_one(Organisation, there)).name


async def known_at(centre: Centre) -> set[str]:
    """The organisations that have anything of anybody still."""
    async with centre.database.begin(SERVICE) as session:
        names = select(Organisation.name).join(
            Enrolment, Enrolment.organisation_id == Organisation.id
        )
        return set((await session.scalars(names)).all())
