import pytest

from storage.sessions import Clock, Database
from tests.clock import MORNING, set_clock
from tests.domain.checking_in import Office, open_office


@pytest.fixture
async def office(database: Database, clock: Clock) -> Office:
    set_clock(clock, MORNING)
    return await open_office(database)
