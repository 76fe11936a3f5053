import pytest

from storage.sessions import SERVICE, Database
from storage.tables.returnees import Returnee
from tests.domain.checking_in import Office, add_person


@pytest.fixture
async def person(database: Database, office: Office) -> Returnee:
    async with database.begin(SERVICE) as session:
        return await add_person(session, office.organisation, 7)
