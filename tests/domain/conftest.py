import pytest

from storage.sessions import Clock, Database
from tests.domain.checking_in import MORNING, Office, open_office, set_clock


@pytest.fixture
async def office(database: Database, clock: Clock) -> Office:
    set_clock(clock, MORNING)
    return await open_office(database)
