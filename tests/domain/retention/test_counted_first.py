"""Check-ins that are counted together stay until they are, and no longer."""

from datetime import timedelta

from domain.campaigns.schedule import After
from domain.check_ins.answering import answer
from domain.retention_periods import SHORTEST, Kind, choose_days
from storage.sessions import SERVICE, Clock, Database
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.counting import how_many
from tests.domain.campaigns.campaigning import rows
from tests.domain.campaigns.counting import SIX, ask, count, read
from tests.domain.checking_in import EVERYTHING, Office, add_person, open_office
from tests.domain.retention.passing import days_pass

NUMBER = 20


async def asked_after_their_return(database: Database, clock: Clock) -> tuple[Office, Campaign]:
    """Everybody of a month, who answered; check-ins are kept as shortly as can be."""
    set_clock(clock, MORNING)
    office = await open_office(database)
    async with database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, office.organisation.id)
        choose_days(session, organisation, {Kind.CHECK_INS: SHORTEST})
        for number in range(NUMBER):
            back = SIX - timedelta(days=3)
            await add_person(
                session,
                organisation,
                700_000 + number,
                agrees_to=EVERYTHING,
                country="AL",
                arrived_at=back,
            )
    campaign = await ask(database, office, clock, schedule=After(3))
    for check_in in await rows(database):
        async with database.begin(SERVICE) as session:
            person = await session.get_one(Returnee, check_in.returnee_id)
            await answer(session, person, check_in.id, "need", "work")
    return office, campaign


async def test_p6_a_months_check_ins_stay_until_they_are_counted_and_go_then(
    database: Database, clock: Clock
) -> None:
    office, campaign = await asked_after_their_return(database, clock)
    for days in (17, 16):
        await days_pass(database, clock, days)
    assert await how_many(database, CheckIn) == NUMBER
    await days_pass(database, clock, 3)
    assert await count(database) == 1
    found = (await read(database, office, campaign)).last
    assert found
    assert found.figures.whole.people == NUMBER
    assert found.figures.reach[0].count == NUMBER
    await days_pass(database, clock, 0)

    assert await how_many(database, CheckIn) == 0


async def test_p6_check_ins_that_are_not_counted_after_two_months_go_all_the_same(
    database: Database, clock: Clock
) -> None:
    await asked_after_their_return(database, clock)
    for days in (17, 16, 28):
        await days_pass(database, clock, days)

    assert await how_many(database, CheckIn) == 0
