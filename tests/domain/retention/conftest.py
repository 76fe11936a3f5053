import pytest

from storage.sessions import Clock, Database
from tests.domain.privacy.canaries import Somebody, somebody


@pytest.fixture
async def amal(database: Database, clock: Clock) -> Somebody:
    return await somebody(database, clock)
