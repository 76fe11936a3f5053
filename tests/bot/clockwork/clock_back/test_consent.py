"""PostgreSQL's clock was ahead and is right again: what somebody said last is their last word."""

import pytest

from domain.consent import PURPOSES, give_consent, has_consent
from domain.consent.reading import may_read, took_back
from domain.consent.renewal import arrive, open_questions
from domain.crisis.answering import ask_for_human
from storage.kinds import Purpose
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from tests.bot.clockwork.clock_back.ahead import ahead, look
from tests.domain.centre import Centre
from tests.model.time import Time


async def says(database: Database, person: Returnee, granted: bool) -> None:
    """To each purpose."""
    async with database.begin(SERVICE) as session:
        there = await session.get_one(Returnee, person.id)
        for purpose in PURPOSES:
            await give_consent(session, there, purpose, granted, "1")


async def has_arrived(database: Database, person: Returnee) -> None:
    async with database.begin(SERVICE) as session:
        await arrive(session, await session.get_one(Returnee, person.id))


async def asked_of(database: Database, person: Returnee) -> list[Purpose]:
    async with database.begin(SERVICE) as session:
        return await open_questions(session, await session.get_one(Returnee, person.id))


@pytest.mark.parametrize("looked", [False, True])
async def test_p5_a_consent_that_was_given_meanwhile_is_taken_back_at_once(
    database: Database, centre: Centre, time: Time, looked: bool
) -> None:
    person = await centre.person(consents=False)
    async with ahead(database, time):
        await says(database, person, True)
    if looked:
        await look(database)
    for granted in (False, True, False):
        await says(database, person, granted)
        async with database.begin(SERVICE) as session:
            for purpose in PURPOSES:
                assert await has_consent(session, person.id, purpose) is granted


async def test_p5_what_was_agreed_to_meanwhile_is_asked_about_anew_after_it_and_can_be_answered(
    database: Database, centre: Centre, time: Time
) -> None:
    person = await centre.person()
    async with ahead(database, time):
        await says(database, person, True)
    await look(database)
    await has_arrived(database, person)
    assert await asked_of(database, person) == [*PURPOSES]
    await says(database, person, True)
    assert await asked_of(database, person) == []


async def test_p5_p12_what_was_asked_anew_meanwhile_can_be_answered_after_it(
    database: Database, centre: Centre, time: Time
) -> None:
    person = await centre.person()
    await says(database, person, True)
    async with ahead(database, time):
        await has_arrived(database, person)
    await look(database)
    assert await asked_of(database, person) == [*PURPOSES]
    await says(database, person, False)
    assert await asked_of(database, person) == []


@pytest.mark.parametrize("asked", [False, True])
async def test_p5_who_reads_a_talk_that_began_meanwhile_does_not_once_it_is_taken_back(
    database: Database, centre: Centre, time: Time, asked: bool
) -> None:
    person = await centre.person()
    async with ahead(database, time):
        case = await (asks(centre, person) if asked else centre.signal(person))
    await look(database)
    await says(database, person, False)
    async with database.begin(SERVICE) as session:
        assert await took_back(session, await session.get_one(Case, case.id))
        assert not await may_read(session, await session.get_one(Returnee, person.id))


async def asks(centre: Centre, person: Returnee) -> Case:
    async with centre.database.begin(SERVICE) as session:
        return await ask_for_human(session, await session.get_one(Returnee, person.id))
