"""What somebody wishes and avoids, and whom they name, said in the chat."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from domain.messages.sealing import body_of
from domain.organisations import add_organisation
from domain.returnees.wishes import wishes_of
from domain.safety.screens import STAYS_OPEN
from domain.safety.silence_plan import named_by
from storage.kinds import Gender, Identity, SilencePlan
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Message
from storage.tables.organisations import Organisation
from storage.tables.returnees import PictureLock, Safety
from tests.bot.nights import what_leaves
from tests.domain.centre import Centre
from tests.domain.directory.samples import clinic
from tests.handlers.cries import EMERGENCY, all_arrives
from tests.handlers.enrolling import confirmed, enrol, invite, known_on
from tests.handlers.phone import ROW, Phone
from tests.handlers.services import load


async def test_a_helper_and_a_country_to_avoid_are_chosen_with_taps(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/safety")
    await phone.press("Who helps me")
    [main] = await phone.press("A woman")
    assert any(label.startswith("✅") and "A woman" in label for label in main.buttons)
    await phone.press("Places not safe")
    await phone.press("Italy")
    [places] = await phone.press("The whole country")
    # Nobody has made sure who is there: what is avoided already does not show.
    assert not any(label.startswith("✅") for label in places.buttons)
    async with database.begin(SERVICE) as session:
        wishes = await wishes_of(session, (await known_on(database, phone)).id)
    assert wishes.helper is Gender.WOMAN
    assert ("IT", "") in wishes.avoided


PLACES, TOLD = ("Places not safe", "Albania"), ("Who must not be told",)


@pytest.mark.parametrize(
    ("way", "label", "unsaid"),
    [
        (PLACES, "The whole country", ""),
        (PLACES, "Durrës", ""),
        (PLACES, "Durrës", "-"),
        (TOLD, "Lighthouse", ""),
        (TOLD, "Lighthouse", "-"),
    ],
    ids=["a country", "a place", "a place, before", "a partner", "a partner, before"],
)
async def test_p10_a_double_tap_does_not_lose_what_is_to_be_kept_away(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    way: tuple[str, ...],
    label: str,
    unsaid: str,
) -> None:
    """Nor by a button of an earlier release, which did not say what it wants."""
    await load(database, clinic())
    async with database.begin(SERVICE) as session:
        await add_organisation(session, "Lighthouse", country="AL")
    await enrol(phone, await invite(database, organisation))
    await confirmed(database, phone)
    await phone.write("/safety")
    await phone.press("Who helps me")
    for step in way:
        [window] = await phone.press(step)
    pressed = window.data(label).removesuffix(unsaid)
    for _ in range(2):
        [window] = await phone.press_data(pressed)
        assert f"✅ {label}" in window.buttons
    pressed = window.data(label)
    for _ in range(2):
        [window] = await phone.press_data(pressed)
        assert label in window.buttons


async def test_somebody_is_named_for_a_time_in_two_messages_that_no_caseworker_reads(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/safety")
    await phone.press("If I don't answer")
    await phone.press("Name somebody")
    await phone.press("Go on")
    await phone.write("Besa")
    [refused] = [each for each in await phone.write("Rruga e Durrësit 12") if each.buttons]
    assert "no address" in refused.text
    await phone.write("+355 69 123 4567")
    await phone.press("3 months")
    returnee = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        named = await named_by(session, returnee.id)
        assert await session.scalar(select(func.count()).select_from(Message)) == 0
    assert named is not None
    assert (named.who, named.how, named.in_chat) == ("Besa", "+355 69 123 4567", True)

    await phone.write("/safety")
    await phone.press("If I don't answer")
    await phone.press("Name somebody")
    await phone.press("Forget whom I named")
    async with database.begin(SERVICE) as session:
        safety = await session.get_one(Safety, returnee.id)
    assert (safety.other, safety.silence) == (None, SilencePlan.WRITE_ONCE)


@pytest.mark.parametrize("behind", ["Who and where", "If I don't answer", "A word"])
async def test_p13_on_a_watched_phone_only_the_row_of_pictures_leads_there(
    phone: Phone, database: Database, organisation: Organisation, behind: str
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    returnee = await known_on(database, phone)

    async with database.begin(SERVICE) as session:
        await session.execute(update(PictureLock).values(open_until=None))
    await phone.write("/safety")
    [grid] = await phone.press(behind)
    assert grid.notice == "pictures"
    opened = await phone.tap(ROW)
    assert [each for each in opened if each.buttons and each.notice is None]
    assert returnee.identity is Identity.UNCONFIRMED


@pytest.mark.parametrize(
    ("minutes", "grid", "window"), [(2, True, True), (10, True, False), (20, False, False)]
)
async def test_p4_what_the_row_led_to_on_a_watched_phone_comes_soon_or_never(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    clock: Clock,
    minutes: int,
    grid: bool,
    window: bool,
) -> None:
    """Telegram was out of reach; and when they write again, somebody else may look. A window stays
    no longer open to come than the phone does.
    """
    await enrol(phone, await invite(database, organisation), reads="must not know")
    async with database.begin(SERVICE) as session:
        await session.execute(update(PictureLock).values(open_until=None))
    await phone.write("/safety")
    await phone.press("Who and where")
    await all_arrives(database)
    await phone.tap(ROW)
    clock.offset += timedelta(minutes=minutes)
    centre = Centre(database, clock, organisation)
    left = [*await what_leaves(centre)]
    await phone.write(EMERGENCY)
    left += await what_leaves(centre)

    assert (("pictures" in left), ("window" in left)) == (grid, window)


async def test_p1_words_for_the_team_are_no_answer_to_a_window_that_was_left_long_ago(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await phone.write("/safety")
    await phone.press("If I don't answer")
    await phone.press("Name somebody")
    await phone.press("Go on")
    clock.offset += timedelta(minutes=11)
    await phone.write("I sleep at my aunt's, number 12, he doesn't know")
    await phone.write("Besa")

    async with database.begin(SERVICE) as session:
        kept = await session.scalars(select(Message).order_by(Message.number))
        said = [(await body_of(session, message))["text"] for message in kept]
    assert said == ["I sleep at my aunt's, number 12, he doesn't know", "Besa"]


async def test_p13_words_on_a_watched_phone_name_nobody_once_the_row_would_be_asked_for(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/help")
    await phone.write("/safety")
    await phone.press("If I don't answer")
    await phone.tap()
    await phone.press("Add a contact")
    await phone.press("Go on")
    clock.offset += STAYS_OPEN + timedelta(seconds=1)
    await phone.write("Artan")

    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Message)) == 1


async def test_p5_whose_wishes_no_key_opens_finds_help_and_says_them_anew(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await load(database, clinic())
    await enrol(phone, await invite(database, organisation))
    async with database.begin(SERVICE) as session:
        await session.execute(update(Safety).values(wishes=b"damaged"))
    await phone.write("/services")
    [card] = await phone.press("Doctor")
    assert card.buttons
    await phone.write("/safety")
    await phone.press("Who helps me")
    await phone.press("A woman")

    person = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        assert (await wishes_of(session, person.id)).helper is Gender.WOMAN
