"""In the chat: somebody comes back on another phone, from which they wrote before."""

import pytest
from sqlalchemy import select

from dialogs.words.hours import HOURS
from domain.calendar import FOR_EVER
from domain.identity.new_phone import confirm, propose
from domain.identity.pictures import lacks_row
from domain.messages.sealing import body_of
from domain.notices import Notice
from domain.pathways.moving import be_in
from domain.safety.phones import choose_discretion
from domain.safety.window import choose_window, window_of
from domain.staff import actor_of, add_staff
from domain.stop_word.choosing import is_stop_word
from storage.kinds import Discretion, Role, Visible
from storage.outbox.letters import chat_of
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, Safety
from storage.tables.staff import Staff
from tests.documents import content_of
from tests.handlers.conftest import NewPhone
from tests.handlers.covering import PLACES
from tests.handlers.cries import EMERGENCY, cases, kept
from tests.handlers.enrolling import enrol, invite, known_on, returnee_on
from tests.handlers.forms import asked as asked_by_form
from tests.handlers.forms import kept as answers
from tests.handlers.phone import ROW, Phone
from tests.handlers.stop_words import WORD, chooses


async def code_for(database: Database, organisation: Organisation, phone: Phone) -> str:
    person = await returnee_on(database, phone)
    assert person is not None
    async with database.begin(SERVICE) as session:
        one, other = [
            await add_staff(session, name, organisation, Role.CASEWORKER)
            for name in ("Vera", "Ilir")
        ]
        first, second = [actor_of(await session.get_one(Staff, each.id)) for each in (one, other)]
        await propose(session, first, person.id)
        await session.flush()
        return await confirm(session, second, person.id)


async def menus(database: Database) -> list[int]:
    """The chats whose menu of commands is on its way."""
    async with database.begin(SERVICE) as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.content.is_not(None)))
        return [
            chat_of(row, session.keys)
            for row in rows
            if "commands" in content_of(row, session.keys)
        ]


async def test_p1_what_was_cried_from_a_new_phone_is_the_persons_who_goes_on_writing_there(
    phone: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    person = await returnee_on(database, phone)
    assert person is not None
    new = new_phone(2002)
    await new.write(EMERGENCY)
    await new.write(voice={"file_id": "v", "file_unique_id": "v", "duration": 3})
    [menu] = await new.write(f"/start {await code_for(database, organisation, phone)}")
    await new.write("I am at the station")

    assert menu.buttons
    [case] = await cases(database)
    assert case.returnee_id == person.id
    async with database.begin(SERVICE) as session:
        said = [(await body_of(session, each)).get("text") for each in await kept(database)]
    assert said == [EMERGENCY, None, "I am at the station"]


async def test_p4_the_menu_of_commands_on_a_new_phone_is_the_one_for_a_watched_phone(
    phone: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    new = new_phone(2002)
    await new.write(f"/start {await code_for(database, organisation, phone)}")
    assert 2002 in await menus(database)


@pytest.mark.parametrize("reads", ["Only I", "Sometimes"])
async def test_whoever_comes_on_a_new_phone_is_asked_who_else_reads_that_one(
    reads: str, phone: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads=reads)
    new = new_phone(2002)
    [asked] = await new.write(f"/start {await code_for(database, organisation, phone)}")
    assert "Does somebody else read this phone?" in asked.text
    said = await new.press("Somebody who must not know")
    [pictures] = [each for each in said if each.text]
    person = await returnee_on(database, new)
    assert person is not None
    assert person.discretion is Discretion.WATCHED
    assert "pictures" in pictures.text


async def test_p4_a_new_phone_of_whoever_used_the_stop_word_shows_what_a_frozen_chat_shows(
    ready: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    await ready.write(WORD)
    frozen = (await ready.write("/start"))[-1]
    new = new_phone(2002)
    said = await new.write(f"/start {await code_for(database, organisation, ready)}")
    # Beside it the old one is emptied, and in some minutes what stood here before.
    there = [each for each in said if each.chat == new.user_id]
    [shown] = [each for each in there if each.text]
    assert len(there) == 2
    assert (shown.text, shown.buttons) == (frozen.text, frozen.buttons)


async def stays_there(database: Database, phone: Phone, visible: Visible) -> None:
    stray = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Safety, stray.id)).visible = visible


async def test_p4_a_phone_that_others_read_shows_no_more_once_it_is_known_whose_it_is(
    phone: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    """It was asked there already, and asks for no word that stands openly on the screen."""
    await enrol(phone, await invite(database, organisation))
    new = new_phone(2002)
    await new.write(EMERGENCY)
    await new.write("/safety")
    await new.press("Who reads this phone")
    await new.press("Somebody who must not know")
    await new.tap(ROW * 2)
    await stays_there(database, new, Visible.ORDINARY)
    [pictures] = await new.write(f"/start {await code_for(database, organisation, phone)}")
    assert "four pictures" in pictures.text
    await new.tap(ROW * 2)

    person = await known_on(database, new)
    assert person.discretion is Discretion.WATCHED
    assert person.shared_phone
    async with database.begin(SERVICE) as session:
        safety = await session.get_one(Safety, person.id)
        assert (safety.never_first, safety.visible) == (True, Visible.ORDINARY)
        assert not await lacks_row(session, person)


async def test_p4_nothing_comes_first_to_a_new_phone_to_which_nothing_was_to_come_first_before(
    phone: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    new = new_phone(2002)
    await new.write(EMERGENCY)
    await new.write("/stop")
    await new.write("/safety")
    await new.press("Hours")
    await new.press("Never, only answers")
    await new.write(f"/start {await code_for(database, organisation, phone)}")

    person = await known_on(database, new)
    assert person.paused_until == FOR_EVER
    async with database.begin(SERVICE) as session:
        assert (await session.get_one(Safety, person.id)).never_first


@pytest.mark.parametrize("says_where", [True, False])
async def test_p4_the_hours_that_were_called_safe_on_a_new_phone_hold_by_the_clock_there(
    says_where: bool,
    phone: Phone,
    new_phone: NewPhone,
    database: Database,
    organisation: Organisation,
) -> None:
    await enrol(phone, await invite(database, organisation))
    at_home = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        await be_in(session, await session.get_one(Returnee, at_home.id), "MA", "Africa/Casablanca")
    new = new_phone(2002)
    await new.write(EMERGENCY)
    await new.write("/safety")
    await new.press("Hours")
    if says_where:
        await new.press("My clock shows another time")
        await new.press("Ukraine")
    await new.press("Mornings, 8 to 12")
    await new.write(f"/start {await code_for(database, organisation, phone)}")

    person = await known_on(database, new)
    clock = ("UA", "Europe/Kyiv") if says_where else ("MA", "Europe/Tirane")
    assert (person.id, person.country, person.time_zone) == (at_home.id, *clock)
    async with database.begin(SERVICE) as session:
        safety = await session.get_one(Safety, person.id)
        assert await window_of(session, person.id, safety) == HOURS["morning"]


async def test_p4_whoever_said_no_hours_and_no_country_on_a_new_phone_keeps_theirs(
    phone: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    at_home = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        await be_in(session, await session.get_one(Returnee, at_home.id), "MA", "Africa/Casablanca")
        await choose_window(session, at_home.id, HOURS["evening"])
    new = new_phone(2002)
    await new.write(EMERGENCY)
    await new.write(f"/start {await code_for(database, organisation, phone)}")

    person = await known_on(database, new)
    assert (person.country, person.time_zone) == ("MA", "Africa/Casablanca")
    async with database.begin(SERVICE) as session:
        safety = await session.get_one(Safety, person.id)
        assert await window_of(session, person.id, safety) == HOURS["evening"]


async def test_p4_of_two_phones_that_others_read_the_new_one_shows_what_may_stay_on_both(
    phone: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await stays_there(database, phone, Visible.EVERYTHING)
    new = new_phone(2002)
    await new.write(EMERGENCY)
    async with database.begin(SERVICE) as session:
        stray = await known_on(database, new)
        there = await session.get_one(Returnee, stray.id)
        await choose_discretion(session, there, Discretion.WATCHED)
    await stays_there(database, new, Visible.ORDINARY)
    await new.write(f"/start {await code_for(database, organisation, phone)}")

    person = await known_on(database, new)
    async with database.begin(SERVICE) as session:
        assert (await session.get_one(Safety, person.id)).visible is Visible.ORDINARY


@pytest.mark.parametrize("sent", [WORD, "Purple umbrella", "purple umbrela"])
async def test_p4_a_stop_word_that_was_chosen_on_a_new_phone_works_there_beside_the_one_before(
    sent: str, ready: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    new = new_phone(2002)
    await new.write(EMERGENCY)
    await chooses(new, pair="3", word="Purple umbrella")
    await new.write(f"/start {await code_for(database, organisation, ready)}")
    await new.write("Hello")
    assert (await known_on(database, new)).frozen_at is None
    await new.write(sent)

    assert (await known_on(database, new)).frozen_at is not None
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Safety.stop_signs))).all() == ["visit"]


async def test_p4_a_stop_word_goes_along_from_phone_to_phone_and_a_new_one_takes_its_place(
    phone: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    """On the first they had none."""
    await enrol(phone, await invite(database, organisation))
    for number, word in ((2002, "Purple umbrella"), (2003, "Yellow umbrella")):
        new = new_phone(number)
        await new.write(EMERGENCY)
        await chooses(new, word=word)
        await new.write(f"/start {await code_for(database, organisation, phone)}")
        phone = new
    person = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        assert await is_stop_word(session, person, "Purple umbrella")
        assert await is_stop_word(session, person, "Yellow umbrella")
        assert not await is_stop_word(session, person, WORD)
    await chooses(phone)

    async with database.begin(SERVICE) as session:
        assert await is_stop_word(session, person, WORD)
        assert not await is_stop_word(session, person, "Purple umbrella")
        assert not await is_stop_word(session, person, "Yellow umbrella")


async def test_p9_a_link_for_a_new_phone_that_is_opened_twice_leads_to_the_same_place(
    phone: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    new = new_phone(2002)
    link = f"/start {await code_for(database, organisation, phone)}"
    [asked] = await new.write(link)
    person = await known_on(database, new)
    said = await new.write(link)

    assert asked.text in [each.text for each in said]
    assert Notice.INVITE_REFUSED not in [each.notice for each in said]
    assert (await known_on(database, new)).id == person.id


async def test_p1_words_on_a_new_phone_answer_no_question_that_stands_on_the_old_one(
    phone: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    await asked_by_form(phone, database, organisation, PLACES)
    await phone.write("/checkin")
    new = new_phone(2002)
    await new.write("Hello")
    await new.write(f"/start {await code_for(database, organisation, phone)}")
    await new.write("12")

    assert await answers(database) == {}
