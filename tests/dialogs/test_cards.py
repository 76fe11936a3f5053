"""A service that a caseworker sends stands on the phone as services do, and as covered as words."""

import pytest
from sqlalchemy import select, update

from dialogs.notices import render
from dialogs.screens import Screen
from dialogs.texts import Texts
from domain.directory.documents import PlaceOfService
from domain.directory.files.reading import read_directory
from domain.directory.importing import import_directory
from domain.directory.withholding import withhold
from domain.errors import Refused
from domain.notices import Notice, says
from domain.profiles.wishing import change_place
from domain.replies.cards import send_card, services_for
from domain.replies.sending import AT_ONCE
from domain.returnees.enrolments import enrol
from domain.returnees.wishes import Place
from locales.catalogues import Catalogues
from storage.kinds import Discretion, Role
from storage.outbox.contents import Notification
from storage.outbox.letters import content_of
from storage.sessions import SERVICE, Clock, Database
from storage.tables.directory import DirectoryService
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.directory.samples import clinic, json_file, translated


@pytest.fixture
async def centre(database: Database, clock: Clock) -> Centre:
    centre = await Centre.open(database, clock)
    there = clinic()
    location = there["service_at_locations"][0]["location"]
    location["attributes"] = translated({"city": "دوريس"})
    async with centre.database.begin(SERVICE) as session:
        await import_directory(session, read_directory([json_file([there])]), "t", session.now)
    return centre


async def test_a_card_is_open_on_an_open_phone_and_covered_on_others(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person(language="en")
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(SERVICE) as session:
        service = (await session.scalars(select(DirectoryService.id))).one()
        await send_card(session, vera, case.id, service, AT_ONCE)
    async with centre.database.begin(SERVICE) as session:
        row = (await session.scalars(select(OutboxRow).order_by(OutboxRow.number))).all()[-1]
        content = content_of(row, session.keys)
        assert says(content, Notice.CASEWORKER_WORDS)
        for discretion in Discretion:
            texts = Texts("en", discretion, Catalogues.load().of("en"))
            screen = await render(session, content, texts, person)
            is_open = discretion is Discretion.OPEN
            assert ("Clinic of the Old Port" in screen.text) is is_open is not screen.covers
            if is_open:
                assert screen.text.startswith("✉️ A person from our team:\n\n<b>")
                assert screen.keyboard is not None
                [[did_not_work]] = screen.keyboard.inline_keyboard
                assert did_not_work.text == "This did not work"


DURRES = Place("AL", PlaceOfService(0, "AL", "Durrës", {}).key, "Durrës")
ITALY = Place("IT")


async def avoids(centre: Centre, person: Returnee, place: Place) -> None:
    async with centre.database.begin(SERVICE) as session:
        await change_place(session, await session.get_one(Returnee, person.id), place)


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_nobody_is_sent_a_card_of_a_place_that_is_not_safe_for_them(
    centre: Centre, language: str
) -> None:
    """Whatever the place is called in their language."""
    vera, person = await centre.colleague(), await centre.person(language=language)
    case = await centre.claims(vera, await centre.signal(person))
    await avoids(centre, person, DURRES)
    async with centre.database.begin(SERVICE) as session:
        found = await services_for(session, vera, case.id, "clinic", "en", open_now=False)
        assert found == []
        service = (await session.scalars(select(DirectoryService.id))).one()
        with pytest.raises(Refused, match="not safe for them"):
            await send_card(session, vera, case.id, service, AT_ONCE)


def open_phone(language: str) -> Texts:
    return Texts(language, Discretion.OPEN, Catalogues.load().of(language))


async def last_screen(centre: Centre, person: Returnee, language: str) -> Screen:
    """What was put on its way last, as it stands on an open phone now."""
    async with centre.database.begin(SERVICE) as session:
        row = (await session.scalars(select(OutboxRow).order_by(OutboxRow.number))).all()[-1]
        content = content_of(row, session.keys)
        assert isinstance(content, Notification)
        return await render(session, content, open_phone(language), person)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("place", "shown"), [(DURRES, False), (ITALY, True)])
async def test_a_card_that_waited_shows_no_place_that_they_avoid_by_then(
    centre: Centre, place: Place, shown: bool, language: str
) -> None:
    vera, person = await centre.colleague(), await centre.person(language=language)
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(SERVICE) as session:
        service = (await session.scalars(select(DirectoryService.id))).one()
        await send_card(session, vera, case.id, service, AT_ONCE)
    await avoids(centre, person, place)
    screen = await last_screen(centre, person, language)
    assert ("The quay house" in screen.text) is shown
    left_out = open_phone(language)("I don't show this any more. You can ask for a person: /help.")
    assert (left_out in screen.text) is not shown


@pytest.mark.parametrize("withholds", ["the older", "the newer"])
async def test_a_card_that_waited_shows_nothing_of_what_is_withheld_by_then(
    centre: Centre, withholds: str
) -> None:
    """By whichever of those that accompany them."""
    newer = await Centre.open(centre.database, centre.clock, "Durrës")
    vera, person = await centre.colleague(), await centre.person(language="en")
    case = await centre.claims(vera, await centre.signal(person))
    withholding = centre if withholds == "the older" else newer
    coordinator = await withholding.colleague(Role.COORDINATOR)
    async with centre.database.begin(SERVICE) as session:
        await enrol(session, await session.get_one(Returnee, person.id), newer.organisation)
        service = (await session.scalars(select(DirectoryService.id))).one()
        await send_card(session, vera, case.id, service, AT_ONCE)
        await withhold(session, coordinator, service, "They take the passports.")
    screen = await last_screen(centre, person, "en")
    assert "I don't show this service any more." in screen.text
    assert "Old Port" not in screen.text


async def test_a_card_of_a_service_with_long_texts_fits_into_one_message(centre: Centre) -> None:
    long = clinic(name="A clinic " * 500, url="https://example.org/" + "x" * 5000)
    async with centre.database.begin(SERVICE) as session:
        await import_directory(session, read_directory([json_file([long])]), "t", session.now)
    vera, person = await centre.colleague(), await centre.person(language="en")
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(SERVICE) as session:
        service = (await session.scalars(select(DirectoryService.id))).one()
        await send_card(session, vera, case.id, service, AT_ONCE)
    screen = await last_screen(centre, person, "en")
    assert len(screen.text) < 4096
    assert "+355 4 555 0101" in screen.text


async def test_a_closed_service_is_not_sent(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(SERVICE) as session:
        await session.execute(update(DirectoryService).values(status="defunct"))
        service = (await session.scalars(select(DirectoryService.id))).one()
    async with centre.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="has closed"):
            await send_card(session, vera, case.id, service, AT_ONCE)
