import pytest

from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.domain.checking_in import (
    MORNING,
    Office,
    add_person,
    open_office,
    plan_check_in,
    set_clock,
)


@pytest.fixture
async def office(database: Database, clock: Clock) -> Office:
    set_clock(clock, MORNING)
    return await open_office(database)


@pytest.fixture
async def returnee(database: Database, office: Office) -> Returnee:
    async with database.begin(SERVICE) as session:
        return await add_person(session, office.organisation, 700_001)


@pytest.fixture
async def check_in(database: Database, office: Office, returnee: Returnee) -> CheckIn:
    """Due this very morning."""
    async with database.begin(SERVICE) as session:
        return await plan_check_in(session, returnee, office)
