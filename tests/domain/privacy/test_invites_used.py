"""P6: the invite by which somebody came goes with them."""

from sqlalchemy import select

from domain.organisations import add_organisation
from storage.sessions import SERVICE, Database
from storage.tables.privacy import Erasure
from storage.tables.returnees import Enrolment, Invite
from tests.counting import how_many
from tests.domain.checking_in import add_person, open_office
from tests.domain.privacy.erasing import ask, erase


async def test_p6_an_invite_that_was_used_goes_with_whoever_came_by_it(database: Database) -> None:
    office = await open_office(database)
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, 700_001)
        await add_person(session, office.organisation, 700_002)
    assert await how_many(database, Invite) == 2
    await ask(database, person)
    await erase(database)

    assert await how_many(database, Invite) == 1


async def test_p6_it_stays_with_those_to_whom_they_were_referred_when_the_giver_forgets_them(
    database: Database,
) -> None:
    office = await open_office(database)
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, 700_001)
        partner = await add_organisation(session, "Rabat", country="MA")
        came_by = await session.scalar(select(Enrolment.invite_id))
        session.add(
            Enrolment(
                returnee_id=person.id,
                organisation_id=partner.id,
                pseudonym="tamilo",
                invite_id=came_by,
                from_at=session.now,
            )
        )
        session.add(
            Erasure(
                returnee_id=person.id,
                organisation_id=office.organisation.id,
                asked_at=session.now,
                not_before=session.now,
            )
        )
    await erase(database)

    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Enrolment.invite_id)) == came_by
