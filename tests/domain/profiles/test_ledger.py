"""What those who must prove consent read of what somebody said."""

import pytest

from domain.actors import Actor
from domain.consent.changing import change_consent
from domain.consent.ledger import Shown
from domain.identity.strays import take_in
from domain.profiles.reading import read_person
from domain.returnees.enrolments import enrol
from domain.safeguarding.readings import say_why
from storage.kinds import How, Purpose, Role
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


async def test_p5_a_no_that_was_said_on_a_new_phone_is_theirs_as_it_was_said_there(
    centre: Centre,
) -> None:
    person, stray = await centre.person(), await centre.person(consents=False)
    chief = await centre.colleague(Role.SUPERVISOR)
    centre.later(days=1)
    async with centre.database.begin(SERVICE) as session:
        said_at, there = session.now, await session.get_one(Returnee, stray.id)
        for purpose, granted in ((Purpose.CASEWORKER, False), (Purpose.CHECK_INS, True)):
            shown = Shown("1", "May we?")
            await change_consent(session, there, purpose, granted, shown, How.PRIVACY)
    centre.later(days=1)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id, with_for_update=True)
        await take_in(session, await session.get_one(Returnee, stray.id), known)

    async with centre.database.begin(centre.organisation.id, chief.staff_id) as session:
        await say_why(session, chief, person.id, "A question about consent")
        lines = (await read_person(session, chief, person.id)).consents
    assert lines is not None
    said = {(line.purpose, line.granted, line.how, line.given_at) for line in lines}
    assert (Purpose.CASEWORKER, False, How.PRIVACY, said_at) in said
    assert {(purpose, granted) for purpose, granted, _, _ in said} == {
        (Purpose.CASEWORKER, True),
        (Purpose.CASEWORKER, False),
    }
