"""PostgreSQL's clock was ahead and is right again: what somebody said last is their last word."""

import pytest
from sqlalchemy import update

from domain.cases.finding import newest_case
from domain.casework.closing import close
from domain.consent import PURPOSES, give_consent, has_consent
from domain.consent.agreeing import keep_talk
from domain.consent.reading import may_read, took_back, wants_no_reader
from domain.consent.renewal import arrive, open_questions
from domain.crisis.answering import ask_for_human
from storage.kinds import Outcome, Purpose, Severity
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from tests.bot.clockwork.clock_back.ahead import A_DAY, A_MINUTE, ahead, look
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


async def is_read(database: Database, person: Returnee) -> bool:
    """And written to."""
    async with database.begin(SERVICE) as session:
        there = await session.get_one(Returnee, person.id)
        case = await newest_case(session, there)
        assert case is not None
        return await may_read(session, there) and not await took_back(session, case)


async def test_p1_who_asks_for_somebody_after_a_no_to_what_they_agreed_to_meanwhile_is_read(
    database: Database, centre: Centre, time: Time
) -> None:
    """And once more after a talk that has ended; a no still counts at once."""
    person = await centre.person(consents=False)
    async with ahead(database, time):
        await says(database, person, True)
    await look(database)
    await says(database, person, False)
    for _ in range(2):
        await time.pass_by(A_MINUTE)
        case = await asks(centre, person)
        assert await is_read(database, person)
        await says(database, person, False)
        assert not await is_read(database, person)
        await asks(centre, person)
        assert await is_read(database, person)
        await ends(database, case)


async def test_p1_who_said_no_and_asked_for_somebody_meanwhile_is_read_all_the_same(
    database: Database, centre: Centre, time: Time
) -> None:
    person = await centre.person(consents=False)
    async with ahead(database, time):
        await says(database, person, False)
        await time.pass_by(A_MINUTE)
        await asks(centre, person)
        assert await is_read(database, person)
        await time.pass_by(-A_MINUTE)
    await look(database)
    assert await is_read(database, person)


async def test_p1_p5_a_cry_after_a_no_that_lies_ahead_is_read_and_kept_no_longer_for_that(
    database: Database, centre: Centre, time: Time
) -> None:
    person = await centre.person(consents=False)
    async with ahead(database, time):
        await says(database, person, False)
    await look(database)
    case = await centre.signal(person, Severity.URGENT)
    assert await is_read(database, person)
    await ends(database, case)
    async with database.begin(SERVICE) as session:
        assert (await session.get_one(Case, case.id)).erase_at is not None


async def test_p5_a_talk_that_is_kept_after_a_no_that_lies_ahead_is_agreed_to(
    database: Database, centre: Centre, time: Time
) -> None:
    person = await centre.person(consents=False)
    case = await centre.signal(person, Severity.EMERGENCY)
    async with ahead(database, time):
        await says(database, person, False)
    await look(database)
    await ends(database, case)
    async with database.begin(SERVICE) as session:
        there = await session.get_one(Returnee, person.id)
        assert await keep_talk(session, there)
        assert not await wants_no_reader(session, there)


async def test_p1_of_two_talks_that_ended_the_newer_one_is_it_though_the_older_one_lies_ahead(
    database: Database, centre: Centre, time: Time
) -> None:
    person = await centre.person()
    async with ahead(database, time):
        await ends(database, await centre.signal(person))
    await look(database)
    async with database.begin(SERVICE) as session:
        await session.execute(update(Case).values(resolved_at=session.now - 30 * A_DAY))
    newer = await centre.signal(person)
    await ends(database, newer)
    async with database.begin(SERVICE) as session:
        newest = await newest_case(session, await session.get_one(Returnee, person.id))
    assert newest is not None
    assert newest.id == newer.id


async def ends(database: Database, case: Case) -> None:
    async with database.begin(SERVICE) as session:
        await close(session, await session.get_one(Case, case.id), Outcome.HELPED)


async def asks(centre: Centre, person: Returnee) -> Case:
    async with centre.database.begin(SERVICE) as session:
        return await ask_for_human(session, await session.get_one(Returnee, person.id))
