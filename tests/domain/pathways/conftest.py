import pytest

from storage.sessions import SERVICE, Clock, Database
from storage.tables.returnees import Returnee
from tests.domain.checking_in import MORNING, Office, add_person, open_office, set_clock


@pytest.fixture
async def office(database: Database, clock: Clock) -> Office:
    set_clock(clock, MORNING)
    return await open_office(database)


@pytest.fixture
async def person(database: Database, office: Office) -> Returnee:
    async with database.begin(SERVICE) as session:
        return await add_person(session, office.organisation, 7)
