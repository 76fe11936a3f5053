from collections.abc import Callable
from itertools import count

import pytest
from aiogram_dialog.api.entities import stack

from domain.distress import Watch
from domain.organisations import add_organisation
from domain.staff import add_staff
from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from tests.domain.questionnaires.forms.sheets import HEALTH
from tests.handlers.cries import all_arrives
from tests.handlers.enrolling import enrol, invite
from tests.handlers.forms import asked
from tests.handlers.phone import Phone
from tests.handlers.stop_words import chooses

NewPhone = Callable[..., Phone]


@pytest.fixture(autouse=True)
def dialogs_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """aiogram-dialog tells the dialogs of one second apart by a random number below 100. Only tests
    are so fast that two meet: the window that follows is then put twice.
    """
    numbers = count(1_000_000)
    monkeypatch.setattr(stack, "new_id", lambda: stack.id_to_str(next(numbers)))


@pytest.fixture(scope="session")
def watch() -> Watch:
    return Watch.load()


@pytest.fixture
async def organisation(database: Database) -> Organisation:
    async with database.begin(SERVICE) as session:
        return await add_organisation(session, "Harbour", country="AL")


@pytest.fixture
async def worker(database: Database, organisation: Organisation) -> None:
    """Works there, and is not on duty."""
    async with database.begin(SERVICE) as session:
        await add_staff(session, "Ilir", organisation, Role.CASEWORKER)


@pytest.fixture
def new_phone(database: Database, organisation: Organisation, watch: Watch) -> NewPhone:
    """Phones in front of one installation with one organisation."""

    def make(user_id: int = 1001, language_code: str = "en") -> Phone:
        return Phone(database, watch, user_id, language_code)

    return make


@pytest.fixture
def phone(new_phone: NewPhone) -> Phone:
    return new_phone()


@pytest.fixture
async def ready(phone: Phone, database: Database, organisation: Organisation) -> Phone:
    """Somebody with a stop word and an empty queue of messages."""
    await enrol(phone, await invite(database, organisation))
    await chooses(phone)
    await all_arrives(database)
    return phone


@pytest.fixture
async def phone_with_form(phone: Phone, database: Database, organisation: Organisation) -> Phone:
    """The note of a form is on its screen."""
    await asked(phone, database, organisation, HEALTH)
    [note] = await phone.write("/checkin")
    assert "Welcome" in note.text
    return phone
