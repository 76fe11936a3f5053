import pytest

from storage.sessions import SERVICE, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.domain.checking_in import (
    Office,
    add_person,
    plan_check_in,
)


@pytest.fixture
async def returnee(database: Database, office: Office) -> Returnee:
    async with database.begin(SERVICE) as session:
        return await add_person(session, office.organisation, 700_001)


@pytest.fixture
async def check_in(database: Database, office: Office, returnee: Returnee) -> CheckIn:
    """Due this very morning."""
    async with database.begin(SERVICE) as session:
        return await plan_check_in(session, returnee, office)
