from functools import partial

import pytest

from storage.sessions import Database
from tests.domain.centre import Centre
from tests.domain.checking_in import Office
from tests.domain.recovery.restoring import Recover, restored_just_now
from tests.postgres import DatabaseUrls


@pytest.fixture
def restored(urls: DatabaseUrls, database: Database) -> Recover:
    return partial(restored_just_now, urls, database)


@pytest.fixture
async def office(centre: Centre) -> Office:
    return Office(centre.organisation, await centre.colleague())
