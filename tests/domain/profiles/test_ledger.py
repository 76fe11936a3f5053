"""What those who must prove consent read of what somebody said about partners."""

import pytest

from domain.actors import Actor
from domain.profiles.reading import read_person
from domain.returnees.enrolments import enrol
from domain.safeguarding.readings import say_why
from storage.kinds import Purpose, Role
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.referrals.two import Two


@pytest.fixture
async def two(centre: Centre) -> Two:
    return await Two.at_work(centre)


async def said_of_partners(two: Two, reader: Actor) -> list[bool]:
    async with two.giver.database.begin(reader.organisation_id, reader.staff_id) as session:
        await say_why(session, reader, two.person.id, "A question about consent")
        person = await read_person(session, reader, two.person.id)
    assert person.consents is not None
    return [line.granted for line in person.consents if line.purpose is Purpose.PARTNER]


@pytest.mark.parametrize("granted", [True, False])
async def test_p5_a_yes_by_which_something_went_is_proven_and_a_no_is_nobodys_to_read(
    two: Two, granted: bool
) -> None:
    chief = await two.giver.colleague(Role.SUPERVISOR)
    await two.answers(await two.refers(), granted)

    assert await said_of_partners(two, chief) == [True] * granted


async def test_p10_what_another_organisation_asked_is_read_by_nobody_here(two: Two) -> None:
    hope = await Centre.open(two.giver.database, two.giver.clock, "Hope")
    chief = await hope.colleague(Role.SUPERVISOR)
    await two.offered()
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        await enrol(session, person, await session.get_one(Organisation, hope.organisation.id))

    assert await said_of_partners(two, chief) == []
