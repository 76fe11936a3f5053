"""What an organisation does not show any more, as its people and strangers meet it."""

from uuid import UUID

import pytest
from sqlalchemy import select

from dialogs.notices import refer
from dialogs.presses import DidNotWork, OpenCovered
from domain.directory.withholding import withhold
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.returnees.enrolments import enrol as accompany
from domain.staff import actor_of, add_staff
from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.directory import DirectoryReport, DirectoryService
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.domain.directory.samples import clinic
from tests.handlers.conftest import NewPhone
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone
from tests.handlers.services import load


@pytest.fixture(autouse=True)
async def directory(database: Database, organisation: Organisation) -> None:
    await load(database, clinic(), clinic(id="second", name="Second clinic"))


async def withholds(database: Database, organisation: Organisation) -> UUID:
    async with database.begin(SERVICE) as session:
        coordinator = await add_staff(session, "Jon", organisation, Role.COORDINATOR)
        actor = actor_of(await session.get_one(Staff, coordinator.id))
        ours = select(DirectoryService.id).where(DirectoryService.hsds_id == "clinic")
        service = (await session.scalars(ours)).one()
        await withhold(session, actor, service, "They take the passports.")
    return service


async def found_by(phone: Phone) -> str:
    """All cards that stand in Durrës."""
    await phone.write("/services")
    await phone.press("Doctor")
    [card] = await phone.press("Durrës")
    words = card.text
    while "Next ▶️" in card.buttons:
        [card] = await phone.press("Next")
        words += card.text
    return words


async def test_it_is_found_no_more_by_that_organisations_people_nor_by_strangers_of_the_default_one(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    stranger, ours, theirs = new_phone(), new_phone(user_id=2), new_phone(user_id=3)
    async with database.begin(SERVICE) as session:
        lantern = await add_organisation(session, "Lantern", country="AL")
    await enrol(ours, await invite(database, organisation))
    await enrol(theirs, await invite(database, lantern))
    await withholds(database, organisation)
    for phone, finds in ((stranger, False), (ours, False), (theirs, True)):
        words = await found_by(phone)
        assert "Second clinic" in words
        assert ("Clinic of the Old Port" in words) is finds


async def test_in_a_joint_period_what_either_organisation_withholds_is_off_the_phone(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    async with database.begin(SERVICE) as session:
        lantern = await add_organisation(session, "Lantern", country="AL")
        await accompany(session, (await session.scalars(select(Returnee))).one(), lantern)
    service = await withholds(database, organisation)
    words = await found_by(phone)
    assert "Second clinic" in words
    assert "Old Port" not in words
    assert await phone.press_data(DidNotWork(service=service).pack()) == []
    assert "I don't show this service any more." in str(phone.toast.text)


async def test_p9_an_old_button_on_it_says_that_it_is_not_shown_any_more_and_leads_to_the_search(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    service = await withholds(database, organisation)
    refers = refer(Notice.SERVICE, {"service": str(service)})
    [card] = await phone.press_data(OpenCovered(notice=Notice.SERVICE, refers=refers).pack())
    assert "I don't show this service any more." in card.text
    assert "Old Port" not in card.text
    [needs] = await phone.press("Search again")
    assert "What are you looking for?" in needs.text


async def test_p11_nobody_is_thanked_for_passing_on_what_is_dealt_with(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    service = await withholds(database, organisation)
    assert await phone.press_data(DidNotWork(service=service).pack()) == []
    assert "I don't show this service any more." in str(phone.toast.text)
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(DirectoryReport))).all() == []
