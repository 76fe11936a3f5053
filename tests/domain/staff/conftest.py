import pytest

from domain.organisations import add_organisation
from domain.staff import NewStaff, add_staff
from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation


@pytest.fixture
async def tirana(database: Database) -> Organisation:
    async with database.begin(SERVICE) as session:
        return await add_organisation(session, "Tirana", country="AL")


@pytest.fixture
async def vera(database: Database, tirana: Organisation) -> NewStaff:
    """A caseworker who has her codes and did nothing with them yet."""
    async with database.begin(SERVICE) as session:
        return await add_staff(session, "Vera Hoxha", tirana, Role.CASEWORKER)
