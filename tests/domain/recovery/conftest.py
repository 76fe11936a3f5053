import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from domain.recovery.restored import Recovered, recover
from storage.sessions import SERVICE, Database
from tests.domain.centre import Centre
from tests.domain.checking_in import Office
from tests.domain.recovery.restoring import Recover
from tests.postgres import DatabaseUrls


@pytest.fixture
def restored(urls: DatabaseUrls, database: Database) -> Recover:
    """As if all that is in the database had just been restored."""

    async def run() -> Recovered:
        engine = create_async_engine(urls.owner_url, poolclass=NullPool)
        async with database.begin(SERVICE) as session:
            now = session.now
        async with engine.begin() as connection:
            recovered = await recover(connection, database.keys, now)
        await engine.dispose()
        return recovered

    return run


@pytest.fixture
async def office(centre: Centre) -> Office:
    return Office(centre.organisation, await centre.colleague())
