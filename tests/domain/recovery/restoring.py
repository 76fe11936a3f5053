from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from domain.recovery.restored import Recovered, recover
from storage.sessions import SERVICE, Database
from tests.postgres import DatabaseUrls

Recover = Callable[[], Awaitable[Recovered]]


async def restored_just_now(urls: DatabaseUrls, database: Database) -> Recovered:
    """As if all that is in the database had been backed up this moment, and restored at once."""
    engine = create_async_engine(urls.owner_url, poolclass=NullPool)
    async with database.begin(SERVICE) as session:
        now = session.now
    async with engine.begin() as connection:
        recovered = await recover(connection, database.keys, now, now)
    await engine.dispose()
    return recovered
