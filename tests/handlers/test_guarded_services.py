"""What of the directory stands on a phone that others read, before it is opened there."""

from typing import Any

import pytest

from domain.notices import Notice
from domain.returnees.chats import returnee_of_chat
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from tests.domain.directory.samples import clinic
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone
from tests.handlers.services import ALWAYS, load


@pytest.fixture(autouse=True)
async def directory(database: Database) -> None:
    shelter = clinic(id="shelter", name="Night shelter for women", description="A bed")
    await load(database, clinic(), shelter)


async def test_on_a_watched_phone_what_is_open_is_chosen_in_the_same_neutral_words(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await load(database, clinic(schedules=ALWAYS), clinic(id="second", schedules=ALWAYS))
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/services")
    await phone.press("Doctor")
    await phone.press("Durrës")
    [card] = await phone.press("Only open now")
    assert "Open now" in card.text
    assert "✅ Only open now" in card.buttons


async def test_on_a_watched_phone_all_numbers_of_a_country_open_by_the_row_of_pictures(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/services")
    await phone.press("Phone numbers")
    [numbers] = await phone.press("Ukraine")
    assert "the police" not in numbers.text
    await phone.press("See")
    opened, covered = await phone.tap()
    assert "the police" in opened.text
    assert covered.notice == Notice.CONCEALED
    [closed] = await phone.press_data(opened.data("Close"))
    assert "the police" not in closed.text


async def test_p4_on_a_discreet_phone_no_need_and_no_number_names_trafficking_until_it_is_opened(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="Sometimes others do")
    [needs] = await phone.write("/services")
    assert any("Other help" in label for label in needs.buttons)
    assert not any("exploited" in label for label in needs.buttons)
    await phone.press("Phone numbers")
    [numbers] = await phone.press("Ukraine")
    assert "527" in numbers.text
    assert "trafficking" not in numbers.text
    opened = (await phone.press("See"))[-1]
    assert "IOM's line against trafficking" in opened.text


async def test_on_a_watched_phone_only_ordinary_needs_are_offered(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    [needs] = await phone.write("/services")

    assert any("Doctor" in label for label in needs.buttons)
    assert not any("place to live" in label for label in needs.buttons)
    assert not any("exploited" in label for label in needs.buttons)


@pytest.mark.parametrize(
    "told",
    [
        {"eligibility_description": "Victims of trafficking"},
        {"organization": {"id": "aid", "name": "Aid against trafficking", "description": ""}},
        {"description": "Un médecin pour les victimes de la traite"},
    ],
)
async def test_p4_on_a_watched_phone_a_doctor_for_victims_of_trafficking_is_covered_like_a_shelter(
    phone: Phone, database: Database, organisation: Organisation, told: dict[str, Any]
) -> None:
    await load(database, clinic(id="aid", name="A doctor", assured_date="2026-02-01", **told))
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/services")
    await phone.press("Doctor")
    [covered] = await phone.press("Durrës")
    assert covered.text == "There is something to see."
    await phone.press("See")
    assert "A doctor" in (await phone.tap())[0].text


async def test_p4_on_a_discreet_phone_a_card_that_names_trafficking_opens_by_one_tap_more(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    told = "A bed for victims of trafficking"
    await load(database, clinic(id="aid", name="A house", description=told))
    await enrol(phone, await invite(database, organisation), reads="Sometimes others do")
    await phone.write("/services")
    await phone.press("Other help")
    [covered] = await phone.press("Durrës")
    assert covered.text == "There is something to see."
    assert told in (await phone.press("See"))[-1].text


async def freeze(phone: Phone, database: Database) -> None:
    async with database.begin(SERVICE) as session:
        person = await returnee_of_chat(session, phone.user_id)
        assert person is not None
        person.frozen_at = session.now


async def test_a_frozen_chat_offers_no_way_to_open_what_is_covered_there(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    told = "A doctor for victims of trafficking"
    await load(
        database, clinic(id="aid", name="A doctor", description=told, assured_date="2026-02-01")
    )
    await enrol(phone, await invite(database, organisation))
    await freeze(phone, database)
    await phone.write("/services")
    await phone.press("Doctor")
    [covered] = await phone.press("Durrës")
    assert covered.text == "There is something to see."
    assert "See" not in covered.buttons


@pytest.mark.parametrize("reads", ["Sometimes others do", "must not know"])
async def test_p4_no_button_of_before_opens_in_a_frozen_chat_a_card_that_names_trafficking(
    phone: Phone, database: Database, organisation: Organisation, reads: str
) -> None:
    """Such as one that was too old for Telegram to take away."""
    told = "A doctor for victims of trafficking"
    await load(
        database, clinic(id="aid", name="A doctor", description=told, assured_date="2026-02-01")
    )
    await enrol(phone, await invite(database, organisation), reads=reads)
    await phone.write("/services")
    await phone.press("Doctor")
    [covered] = await phone.press("Durrës")
    await freeze(phone, database)
    said = await phone.press_data(covered.data("See"))
    assert not any(told in each.text for each in said)
