import pytest

from storage.sessions import Clock, Database
from tests.domain.centre import Centre


@pytest.fixture
async def centre(database: Database, clock: Clock) -> Centre:
    return await Centre.open(database, clock)
