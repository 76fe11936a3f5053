from collections.abc import Callable

import pytest

from domain.distress import Watch
from domain.organisations import add_organisation
from storage.organisations import Organisation
from storage.sessions import SERVICE, Database
from tests.handlers.phone import Phone

NewPhone = Callable[..., Phone]


@pytest.fixture(scope="session")
def watch() -> Watch:
    return Watch.load()


@pytest.fixture
async def organisation(database: Database) -> Organisation:
    async with database.begin(SERVICE) as session:
        return await add_organisation(session, "Harbour", country="AL")


@pytest.fixture
def new_phone(database: Database, organisation: Organisation, watch: Watch) -> NewPhone:
    """Phones in front of one installation with one organisation."""

    def make(user_id: int = 1001, language_code: str = "en") -> Phone:
        return Phone(database, watch, user_id, language_code)

    return make


@pytest.fixture
def phone(new_phone: NewPhone) -> Phone:
    return new_phone()
