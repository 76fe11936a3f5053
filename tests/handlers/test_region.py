"""The region is the person's to say in the chat, and to take back (P14)."""

import pytest
from sqlalchemy import delete

from domain.directory.files.reading import read_directory
from domain.directory.importing import import_directory
from domain.pathways.moving import be_in
from domain.safety.phones import choose_discretion
from storage.kinds import Discretion, Identity
from storage.sessions import SERVICE, Database
from storage.tables.directory import DirectoryService
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.domain.directory.samples import clinic, json_file
from tests.handlers.enrolling import enrol, invite, returnee_on
from tests.handlers.phone import Phone


@pytest.fixture
async def amal(phone: Phone, database: Database, organisation: Organisation) -> Phone:
    await enrol(phone, await invite(database, organisation))
    async with database.begin(SERVICE) as session:
        await import_directory(session, read_directory([json_file([clinic()])]), "t", session.now)
        person = await session.get_one(Returnee, (await there(phone, database)).id)
        await be_in(session, person, "AL", "Europe/Tirane")
    return phone


async def there(phone: Phone, database: Database) -> Returnee:
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    return returnee


async def region(phone: Phone, database: Database) -> str | None:
    return (await there(phone, database)).region


async def test_p14_a_region_is_chosen_among_those_of_the_directory_and_taken_back(
    amal: Phone, database: Database
) -> None:
    await amal.write("/privacy")
    [asked] = await amal.press("My region")
    assert "You need not say" in asked.text
    [chosen] = await amal.press("Durrës")
    assert "It is changed" in chosen.text
    assert await region(amal, database) == "Durrës"
    await amal.press("Back")
    [kept] = await amal.press("kept about me")
    assert "your region" in kept.text
    await amal.press("Back")
    await amal.press("My region")
    await amal.press("Keep no region")

    assert await region(amal, database) is None


async def test_p13_which_one_is_kept_is_shown_only_to_whom_it_is_known_to_be(
    amal: Phone, database: Database
) -> None:
    await amal.write("/privacy")
    await amal.press("My region")
    [unsure] = await amal.press("Durrës")
    assert not any("✅" in label for label in unsure.buttons)
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, (await there(amal, database)).id)
        person.identity, person.confirmed_at = Identity.CONFIRMED, session.now
    [sure] = await amal.press("Durrës")

    assert "✅ Durrës" in sure.buttons


async def test_p13_on_a_watched_phone_it_is_neither_asked_nor_changed(
    amal: Phone, database: Database
) -> None:
    await amal.write("/privacy")
    [open_window] = await amal.press("My region")
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, (await there(amal, database)).id)
        await choose_discretion(session, person, Discretion.WATCHED)
    *_, neutral = await amal.press_data(open_window.data("Durrës"))

    assert "nothing new" in neutral.text
    assert not any("Durrës" in label for label in neutral.buttons)
    assert await region(amal, database) is None
    [menu] = await amal.write("/privacy")
    assert not any("region" in label for label in menu.buttons)


async def test_where_the_directory_has_no_region_none_is_offered(
    amal: Phone, database: Database
) -> None:
    [offered] = await amal.write("/privacy")
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, (await there(amal, database)).id)
        await be_in(session, person, "MA", "Africa/Casablanca")
    [window] = await amal.press_data(offered.data("My region"))
    assert window.text == "There is nothing yet."
    assert window.buttons.keys() == {"◀️ Back", "Menu"}

    [menu] = await amal.write("/privacy")
    assert not any("region" in label for label in menu.buttons)


async def test_p14_one_that_the_directory_no_longer_has_can_be_taken_back(
    amal: Phone, database: Database
) -> None:
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, (await there(amal, database)).id)
        person.region = "Where all has closed"
        await session.execute(delete(DirectoryService))
    await amal.write("/privacy")
    await amal.press("My region")
    await amal.press("Keep no region")

    assert await region(amal, database) is None
