from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from dialogs.notices import refer
from dialogs.presses import DidNotWork, OpenCovered
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.returnees.chats import returnee_of_chat
from storage.sessions import SERVICE, Clock, Database
from storage.tables.base import Base
from storage.tables.directory import DirectoryReport, DirectoryService
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.directory.samples import clinic, translated
from tests.handlers.conftest import NewPhone
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone
from tests.handlers.services import ALWAYS, load

ARABIC = {"name": "عيادة الميناء القديم", "description": "طبيب للجميع"}


@pytest.fixture(autouse=True)
async def directory(database: Database, organisation: Organisation) -> None:
    services = [
        clinic(attributes=translated(ARABIC)),
        clinic(id="second", name="Second <clinic> & doctor", assured_date="", schedules=[]),
        clinic(id="shelter", name="Night shelter for women", description="A bed"),
    ]
    await load(database, *services)


async def test_a_need_that_cant_be_read_beside_another_has_a_row_of_its_own(phone: Phone) -> None:
    [needs] = await phone.write("/services")
    lines = needs.content["window"]["markup"]["inline_keyboard"]
    rows = [[key["text"] for key in line] for line in lines]

    assert ["⚖️ Legal advice", "📄 Papers"] in rows
    assert ["💬 Someone to talk to"] in rows


async def test_p5_services_are_found_by_need_and_place_and_no_row_is_left(
    phone: Phone, database: Database
) -> None:
    await phone.write("/services")
    [place] = await phone.press("Doctor")
    assert any("Durrës" in label for label in place.buttons)
    [card] = await phone.press("Durrës")
    [following] = await phone.press("Next")

    cards = card.text + following.text
    assert "Clinic of the Old Port" in cards
    assert "Second &lt;clinic&gt; &amp; doctor" in cards
    assert "+355 4 555 0101" in cards
    assert "📍 The quay house, Rruga e Portit 1" in cards
    assert "09:00–17:00" in cards
    assert "Call before you go" in cards
    [back] = await phone.press("Before")
    assert back.text == card.text
    async with database.begin(SERVICE) as session:
        for name in ("returnee", "enrolment", "case", "audit_entry", "consent"):
            table = Base.metadata.tables[name]
            assert await session.scalar(select(func.count()).select_from(table)) == 0


async def test_p11_whoever_presses_twice_for_the_next_skips_none(phone: Phone) -> None:
    await phone.write("/services")
    await phone.press("Doctor")
    [first] = await phone.press("Durrës")
    for _ in range(2):
        [second] = await phone.press_data(first.data("Next"))
        assert second.text != first.text
        assert "+355 4 555 0101" in second.text
    for _ in range(2):
        [again] = await phone.press_data(second.data("Before"))
        assert again.text == first.text


async def test_p11_where_services_close_while_somebody_reads_the_last_of_the_others_is_shown(
    phone: Phone, database: Database
) -> None:
    third = clinic(id="third", name="Third clinic")
    await load(database, third)
    await phone.write("/services")
    await phone.press("Doctor")
    await phone.press("Durrës")
    await phone.press("Next")
    await load(database, third | {"status": "defunct"}, clinic(id="second", status="defunct"))
    [card] = await phone.press("Next")
    assert "Clinic of the Old Port" in card.text
    assert not {"◀️ Before", "Next ▶️"} & set(card.buttons)


async def test_only_what_is_open_now_is_shown_for_as_long_as_somebody_wants_it(
    phone: Phone, database: Database
) -> None:
    await load(database, clinic(schedules=[]), clinic(id="second", schedules=ALWAYS, name="Night"))
    await phone.write("/services")
    await phone.press("Doctor")
    [all_of_them] = await phone.press("Durrës")
    await phone.press("Next")
    [open_ones] = await phone.press("▫️ Only open now")
    assert ("Night" in open_ones.text, "Open now" in open_ones.text) == (True, True)
    assert not {"◀️ Before", "Next ▶️"} & set(open_ones.buttons)
    [again] = await phone.press("✅ Only open now")
    assert again.text == all_of_them.text
    assert "▫️ Only open now" in again.buttons


async def test_whoever_presses_twice_for_what_is_open_still_wants_what_is_open(
    phone: Phone, database: Database
) -> None:
    await load(database, clinic(schedules=[]), clinic(id="second", schedules=ALWAYS, name="Night"))
    await phone.write("/services")
    await phone.press("Doctor")
    [card] = await phone.press("Durrës")
    for _ in range(2):
        [same] = await phone.press_data(card.data("Only open now"))
        assert "✅ Only open now" in same.buttons


async def test_where_nothing_is_known_to_be_open_that_is_said_with_the_way_back(
    phone: Phone, database: Database
) -> None:
    await load(database, clinic(schedules=[]), clinic(id="second", schedules=[]))
    await phone.write("/services")
    await phone.press("Doctor")
    await phone.press("Durrës")
    [nothing] = await phone.press("Only open now")
    assert "nothing there that is open now" in nothing.text
    assert "h" in nothing.buttons.values()
    [card] = await phone.press("✅ Only open now")
    assert "Clinic of the Old Port" in card.text


async def test_a_new_search_begins_with_everything(phone: Phone, database: Database) -> None:
    await load(database, clinic(schedules=[]), clinic(id="second", schedules=[]))
    await phone.write("/services")
    await phone.press("Doctor")
    await phone.press("Durrës")
    await phone.press("Only open now")
    await phone.press("Search again")
    await phone.press("Doctor")
    [card] = await phone.press("Durrës")
    assert "▫️ Only open now" in card.buttons


@pytest.mark.parametrize("language", ["ar", "ary"])
async def test_a_card_is_read_in_ones_own_language_or_the_one_that_is_read_in_its_place(
    new_phone: NewPhone, language: str
) -> None:
    phone = new_phone(language_code=language)
    await phone.write("/services")
    await phone.press("🩺")
    [card] = await phone.press("Durrës")
    texts = [card.text]
    texts += [each.text for each in await phone.press("▶️")]

    assert any("عيادة الميناء القديم" in text for text in texts)


async def test_a_need_that_nobody_serves_is_said_plainly_and_leads_to_a_person(
    phone: Phone,
) -> None:
    await phone.write("/services")
    [card] = await phone.press("Legal advice")

    assert "found nothing" in card.text
    assert "h" in card.buttons.values()


async def test_numbers_of_a_country_need_no_consent(phone: Phone) -> None:
    await phone.write("/services")
    await phone.press("Phone numbers")
    [numbers] = await phone.press("Morocco")

    assert "Phone numbers in Morocco" in numbers.text


@pytest.mark.parametrize("way", ["Doctor", "Phone numbers"])
async def test_the_country_that_somebody_is_known_to_be_in_is_offered_first(
    phone: Phone, database: Database, organisation: Organisation, way: str
) -> None:
    """Where the directory serves another one better, and among all others."""
    abroad = clinic(id="abroad", name="Clinic by the sea")
    there = abroad["service_at_locations"][0]["location"]
    there["id"], there["addresses"][0]["country"] = "abroad", "IT"
    await load(database, abroad, clinic(), clinic(id="second", name="Second clinic"))
    await enrol(phone, await invite(database, organisation))
    async with database.begin(SERVICE) as session:
        await session.execute(update(Returnee).values(country="IT"))
    await phone.write("/services")
    [asked] = await phone.press(way)

    assert next(iter(asked.buttons)) == "Italy"
    assert "Albania" in asked.buttons


async def test_where_everything_may_stand_there_is_nothing_to_open(phone: Phone) -> None:
    await phone.write("/services")
    await phone.press("Phone numbers")
    [numbers] = await phone.press("Ukraine")
    assert "the police" in numbers.text
    assert "See" not in numbers.buttons


async def test_a_forged_choice_is_not_taken(phone: Phone) -> None:
    await phone.write("/services")
    assert phone.screen is not None
    prefix = phone.screen.data("Doctor").rsplit(":", 1)[0]
    [same] = await phone.press_data(f"{prefix}:nonsense")

    assert "looking for" in same.text


async def test_a_place_that_somebody_avoids_is_shown_only_to_whoever_looks_for_it(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await avoid(phone, "Durrës")
    await phone.write("/services")
    await phone.press("Doctor")
    [card] = await phone.press("Everywhere")
    assert "I found nothing" in card.text
    await phone.write("/services")
    await phone.press("Doctor")
    [card] = await phone.press("Durrës")
    assert "Clinic of the Old Port" in card.text


async def test_a_door_where_somebody_does_not_want_to_be_is_left_out_of_what_has_others(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    doors = clinic()["service_at_locations"]
    tirana = {"address_1": "Sheshi 1", "city": "Tirana", "country": "AL"}
    square = {"id": "square", "location_type": "physical", "addresses": [tirana]}
    both = clinic(service_at_locations=[*doors, {"id": "at-square", "location": square}])
    await load(database, both)
    await enrol(phone, await invite(database, organisation))
    await avoid(phone, "Durrës")
    await phone.write("/services")
    await phone.press("Doctor")
    [card] = await phone.press("Everywhere")
    assert "Sheshi 1" in card.text
    assert "Rruga e Portit" not in card.text
    assert "The quay house" not in card.text


async def test_a_country_that_was_not_looked_for_stays_out_though_it_is_the_only_one(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await avoid(phone, "The whole country")
    await phone.write("/services")
    await phone.press("Doctor")
    [card] = await phone.press("Everywhere")
    assert "I found nothing" in card.text


async def said_to_fail(database: Database) -> list[tuple[UUID, str, int]]:
    """By organisation, service and days."""
    async with database.begin(SERVICE) as session:
        found = await session.execute(
            select(DirectoryReport.organisation_id, DirectoryService.hsds_id, DirectoryReport.days)
            .join(DirectoryService, DirectoryService.id == DirectoryReport.service_id)
            .order_by(DirectoryService.hsds_id)
        )
        return [(row[0], row[1], row[2]) for row in found]


async def test_p5_a_stranger_says_with_one_tap_that_a_service_did_not_work_and_is_not_recorded(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    set_clock(clock, MORNING)
    await phone.write("/services")
    await phone.press("Doctor")
    [card] = await phone.press("Durrës")
    # The button lives for ever, whatever the dialog shows by then.
    await phone.press("Next")
    for _ in range(3):
        assert await phone.press_data(card.data("This did not work")) == []
        assert phone.toast.text == "Thank you, I have passed this on."
    assert await said_to_fail(database) == [(organisation.id, "clinic", 1)]
    async with database.begin(SERVICE) as session:
        for name in ("returnee", "enrolment", "case", "audit_entry", "consent"):
            table = Base.metadata.tables[name]
            assert await session.scalar(select(func.count()).select_from(table)) == 0


async def test_that_a_service_did_not_work_is_told_to_whoever_accompanies_that_person(
    phone: Phone, database: Database
) -> None:
    async with database.begin(SERVICE) as session:
        theirs = await add_organisation(session, "Lantern", country="AL")
    await enrol(phone, await invite(database, theirs))
    await phone.write("/services")
    await phone.press("Doctor")
    await phone.press("Durrës")
    await phone.press("This did not work")
    assert await said_to_fail(database) == [(theirs.id, "clinic", 1)]


async def test_p4_on_a_watched_phone_it_is_said_in_neutral_words_and_leaves_nothing_in_the_chat(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/services")
    await phone.press("Doctor")
    [card] = await phone.press("Durrës")
    assert "This did not work" not in card.buttons
    said = await phone.press("Out of date")
    assert [each for each in said if each.text] == []
    assert phone.toast.text == "Thank you."
    assert len(await said_to_fail(database)) == 1


async def test_what_is_covered_is_said_not_to_work_only_once_it_is_open(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    async with database.begin(SERVICE) as session:
        shelter = await session.scalar(
            select(DirectoryService.id).where(DirectoryService.hsds_id == "shelter")
        )
    refers = refer(Notice.SERVICE, {"service": str(shelter)})
    await phone.press_data(OpenCovered(notice=Notice.SERVICE, refers=refers).pack())
    card, _ = await phone.tap()
    assert "Night shelter" in card.text
    await phone.press("Out of date")
    assert [service for _, service, _ in await said_to_fail(database)] == ["shelter"]


async def test_a_frozen_chat_says_so_as_well_and_stays_where_it_is(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    async with database.begin(SERVICE) as session:
        person = await returnee_of_chat(session, phone.user_id)
        assert person is not None
        person.frozen_at = session.now
    await phone.write("/services")
    await phone.press("Doctor")
    await phone.press("Durrës")
    said = await phone.press("Out of date")
    assert [each for each in said if each.text] == []
    assert phone.toast.text == "Thank you."
    assert len(await said_to_fail(database)) == 1


async def test_p9_of_a_service_that_is_gone_nothing_is_kept_and_nobody_is_stranded(
    phone: Phone, database: Database
) -> None:
    await phone.press_data(DidNotWork(service=uuid4()).pack())
    assert phone.toast.text == "Thank you, I have passed this on."
    assert await said_to_fail(database) == []


async def avoid(phone: Phone, place: str) -> None:
    await phone.write("/safety")
    await phone.press("Who helps me")
    await phone.press("Places not safe")
    await phone.press("Albania")
    await phone.press(place)
