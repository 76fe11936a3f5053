"""P6: nothing goes that was not announced two weeks before, whatever it is."""

import pytest
from sqlalchemy import delete, update

from domain.notices import Notice
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Enrolment, Returnee
from tests.counting import how_many
from tests.domain.centre import Centre
from tests.domain.checking_in import told
from tests.domain.privacy.canaries import Somebody, somebody
from tests.domain.privacy.test_erasing import everything_is_sent_and_swept
from tests.domain.retention.test_forgetting import days_pass, were_told


@pytest.fixture
async def amal(database: Database, clock: Clock) -> Somebody:
    return await somebody(database, clock)


async def test_p6_the_rest_of_a_talk_is_announced_too(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    for passed in (167, 14):
        await days_pass(database, clock, passed)
    async with database.begin(SERVICE) as session:
        await session.execute(delete(CheckIn))
    await everything_is_sent_and_swept(database, clock)
    await days_pass(database, clock, 534)
    assert await how_many(database, Case) == 1
    assert len(await told(database, Notice.RETENTION)) == 1
    await days_pass(database, clock, 14)

    assert await how_many(database, Case) == 0


async def test_p6_what_is_left_with_those_who_accompany_somebody_no_longer_is_announced_too(
    database: Database, clock: Clock, centre: Centre
) -> None:
    person = await centre.person()
    async with database.begin(SERVICE) as session:
        await session.execute(update(Enrolment).values(until_at=session.now))
    await days_pass(database, clock, 350)
    assert await were_told(database, person) == [False]
    await days_pass(database, clock, 2)
    assert len(await told(database, Notice.RETENTION)) == 1
    await days_pass(database, clock, 13)
    assert await how_many(database, Returnee) == 1
    await days_pass(database, clock, 2)

    assert await how_many(database, Returnee) == 0
