"""A database whose own clock a test can move."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from storage.keys.keyring import Keyring
from storage.sessions import Clock, Database
from storage.wakes import Wakes
from tests.model.time import Time
from tests.postgres import DatabaseUrls


@pytest.fixture
async def time(urls: DatabaseUrls) -> AsyncIterator[Time]:
    """The database's own clock."""
    owner = create_async_engine(urls.owner_url)
    await Time.bend(owner, str(owner.url.database))
    await owner.dispose()
    yield Time(owner)
    await owner.dispose()


@pytest.fixture
async def database(
    time: Time, urls: DatabaseUrls, keys: Keyring, clock: Clock
) -> AsyncIterator[Database]:
    database = Database(urls.run_url, keys, clock, Wakes())
    yield database
    await database.close()
