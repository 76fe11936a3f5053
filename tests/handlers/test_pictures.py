"""A watched phone, as whoever holds it sees it."""

from datetime import timedelta

import pytest
from aiogram.methods import EditMessageText, SendMessage
from sqlalchemy import delete, select

from bot.delivery.packing import Packing
from domain.safety.screens import STAYS_OPEN, what_vanishes
from locales.catalogues import Catalogues
from storage.kinds import Discretion, Identity, OutboxState, Visible
from storage.outbox.traces import leave_theirs, leave_traces
from storage.sessions import SERVICE, Clock, Database
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import PictureLock, Returnee, Safety
from tests.bot.outgoing import worded
from tests.handlers.cries import words_from_a_caseworker
from tests.handlers.enrolling import enrol, invite, known_on, returnee_on
from tests.handlers.phone import ROW, Phone, Said

WRONG = "🌳🐟🍎🌊"


async def watched(phone: Phone, database: Database, organisation: Organisation) -> str:
    """A watched phone to which a caseworker wrote; the data of the button that opens the words."""
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/help")
    return await words_from_a_caseworker(database, organisation)


def shown(said: list[Said]) -> Said:
    return next(each for each in said if each.text and each.notice != "concealed")


async def test_p4_words_open_by_the_right_row_and_a_wrong_one_looks_the_same_in_form(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    data = await watched(phone, database, organisation)
    looks = []
    for row in (WRONG, ROW):
        grid = shown(await phone.press_data(data))
        assert "alone" not in grid.text
        said = await phone.tap(row)
        opened = shown(said)
        looks.append((list(opened.buttons), opened.content["edit"], len(said)))
        assert ("alone" in opened.text) is (row == ROW)

    assert looks[0] == looks[1]
    # Just used: nobody is asked again.
    assert "alone" in shown(await phone.press_data(data)).text
    await phone.press("Close")
    assert "alone" not in shown(await phone.press_data(data)).text


@pytest.mark.parametrize("later", [timedelta(minutes=1), STAYS_OPEN + timedelta(seconds=1)])
async def test_p4_words_that_leave_once_the_phone_has_shut_again_leave_covered(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock, later: timedelta
) -> None:
    """Telegram was away for a while, say; somebody else may hold the phone by now."""
    data = await watched(phone, database, organisation)
    await phone.press_data(data)
    opened = shown(await phone.tap()).row
    clock.offset += later
    async with database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, opened.id)
        packing = await Packing.of(session, Catalogues.load(), [row])
        parcel = await packing.pack(packing.rows[0])

    assert parcel is not None
    leaves = parcel.wire
    is_open = later < STAYS_OPEN
    assert (leaves.opens is not None) is is_open
    for call in (*leaves.calls, leaves.instead):
        assert isinstance(call, EditMessageText | SendMessage)
        assert ("alone" in (call.text or "")) is is_open


async def test_p4_a_row_that_was_tapped_while_we_were_down_opens_the_phone_to_nobody_after(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    """Whoever holds it once we are back need not be who tapped."""
    data = await watched(phone, database, organisation)
    clock.offset += STAYS_OPEN + timedelta(seconds=1)
    phone.waited = timedelta(minutes=10)
    await phone.press_data(data)
    await phone.tap()
    phone.waited = timedelta()

    assert shown(await phone.press_data(data)).notice == "pictures"


async def test_p4_words_whose_message_was_deleted_before_they_came_are_covered_where_they_stand(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    """On the phone itself, of which Telegram tells us nothing: they come in a new message."""
    data = await watched(phone, database, organisation)
    await phone.press_data(data)
    opened = shown(await phone.tap()).row
    async with database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, opened.id)
        row.state, row.message_id = OutboxState.SENT, 777
        cover = await session.scalar(select(OutboxRow).where(OutboxRow.held == "covers"))
        assert cover is not None
        [covers] = (await worded(session, cover)).calls

    assert isinstance(covers, EditMessageText)
    assert covers.message_id == 777


async def test_p4_cover_falls_some_minutes_after_the_last_activity_once_for_each_message(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    data = await watched(phone, database, organisation)
    await phone.press_data(data)
    await phone.tap()
    for _ in range(3):
        clock.offset += timedelta(minutes=2)
        await phone.write("/services")
        async with database.begin(SERVICE) as session:
            waiting = select(OutboxRow).where(OutboxRow.held.in_(["covers", "vanishes"]))
            rows = (await session.scalars(waiting)).all()
            assert sorted(row.held or "" for row in rows) == ["covers", "vanishes"]
            for row in rows:
                assert row.state is OutboxState.HELD
                assert timedelta() <= STAYS_OPEN - (row.not_before - session.now)
                assert row.not_before - session.now > timedelta(minutes=2)
    # Writing releases what the window holds, and not what keeps the screen tidy.
    await phone.write("hello")
    async with database.begin(SERVICE) as session:
        held = await session.scalars(
            select(OutboxRow).where(OutboxRow.held == "covers", OutboxRow.state == "held")
        )
        assert len(held.all()) == 1


async def test_what_was_read_vanishes_as_the_person_chose_and_nothing_unread_does(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    person = await returnee_on(database, phone)
    assert person is not None
    async with database.begin(SERVICE) as session:
        chat = person.chat_key
        await leave_theirs(session, [(chat, 901, session.now)])
        await leave_traces(session, [(chat, 902)])
        await leave_traces(session, [(chat, 903)], unopened=True)
    for visible, gone in (
        (Visible.NOTHING, {901, 902}),
        (Visible.ORDINARY, {901}),
        (Visible.EVERYTHING, set()),
    ):
        async with database.begin(SERVICE) as session:
            (await session.get_one(Safety, person.id)).visible = visible
            known = await session.get_one(Returnee, person.id)
            vanishing = set(await what_vanishes(session, known))
            assert vanishing & {901, 902, 903} == gone


async def test_p4_a_watched_phone_becomes_less_careful_only_by_the_row(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/safety")
    for row in (WRONG, ROW):
        [grid] = await phone.press("Screen")
        assert grid.notice == "pictures"
        await phone.tap(row)
        if row == WRONG:
            await phone.write("/safety")
    await phone.press("Everything")

    person = await returnee_on(database, phone)
    assert person is not None
    assert person.discretion is Discretion.OPEN


async def test_p4_a_button_of_before_does_not_pass_the_row_by(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/safety")
    await phone.press("Screen")
    await phone.tap()
    clock.offset += STAYS_OPEN + timedelta(seconds=1)
    [grid] = await phone.press("Everything")

    assert grid.notice == "pictures"
    person = await returnee_on(database, phone)
    assert person is not None
    assert person.discretion is Discretion.WATCHED


@pytest.mark.parametrize(
    ("behind", "further"),
    [("Screen", "Other pictures"), ("A word", "Choose a word"), ("Who and where", None)],
)
async def test_p4_a_window_behind_the_row_that_was_left_on_the_screen_asks_for_it_again(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    clock: Clock,
    behind: str,
    further: str | None,
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/safety")
    await phone.press(behind)
    said = await phone.tap()
    if further is not None:
        said = await phone.press(further)
    [window] = [each for each in said if each.buttons and each.notice is None]
    clock.offset += STAYS_OPEN + timedelta(seconds=1)
    [grid] = await phone.press(next(iter(window.buttons)))

    assert grid.notice == "pictures"
    opened = await phone.tap()
    assert [each for each in opened if each.buttons and each.notice is None]


async def test_p4_hide_shuts_the_phone_however_lately_the_row_was_used(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    data = await watched(phone, database, organisation)
    await phone.press_data(data)
    await phone.tap()
    await phone.write("/hide")

    assert shown(await phone.press_data(data)).notice == "pictures"


async def test_p4_a_watched_phone_whose_row_was_forgotten_is_not_opened_without_a_new_one(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    async with database.begin(SERVICE) as session:
        await session.execute(delete(PictureLock))
    [window] = await phone.write("/safety")
    assert "four pictures" in window.text
    await phone.press("Back")
    await phone.press("Screen")
    [window] = await phone.press("Everything")

    assert "four pictures" in window.text
    person = await returnee_on(database, phone)
    assert person is not None
    assert person.discretion is Discretion.WATCHED


async def test_after_three_wrong_rows_the_case_page_knows_and_the_phone_says_nothing(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    data = await watched(phone, database, organisation)
    texts = set()
    for _ in range(4):
        await phone.press_data(data)
        texts.add(shown(await phone.tap(WRONG)).text)
    await phone.press_data(data)
    texts.add(shown(await phone.tap()).text)

    assert len(texts) == 1
    person = await returnee_on(database, phone)
    assert person is not None
    assert person.identity is Identity.DOUBTED


async def test_two_different_rows_choose_nothing(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await phone.write(f"/start {await invite(database, organisation)}")
    await phone.press("English")
    await phone.press("Go on")
    await phone.press("I am back")
    await phone.press("must not know")
    said = await phone.tap(ROW + WRONG)
    assert "others" in shown(said).text
    await phone.tap(ROW * 2)
    await phone.press("Go on")


async def test_p4_whoever_slipped_while_saying_who_reads_along_goes_back_and_says_it_again(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await phone.write(f"/start {await invite(database, organisation)}")
    await phone.press("English")
    await phone.press("Go on")
    await phone.press("I am back")
    await phone.press("must not know")
    await phone.tap(ROW)
    [question] = await phone.press("Back")
    assert "Only I read it" in question.buttons
    await phone.press("must not know")
    await phone.tap(ROW)
    await phone.press("Back")
    [notice] = await phone.press("Only I")

    assert "In short: I keep little" in notice.text
    person = await returnee_on(database, phone)
    assert person is not None
    assert person.discretion is Discretion.OPEN
    async with database.begin(SERVICE) as session:
        assert not (await session.get_one(Safety, person.id)).never_first


@pytest.mark.parametrize("how", ["that window", "another language"])
async def test_p4_back_from_the_pictures_of_the_welcome_opens_no_watched_phone_a_while_later(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock, how: str
) -> None:
    """Whoever must not know may hold it by then; they are asked nothing that would tell them."""
    await phone.write(f"/start {await invite(database, organisation)}")
    for label in ("English", "Go on", "I am back", "must not know"):
        await phone.press(label)
    if how == "another language":
        await phone.write("/language")
        await phone.press("English")
    else:
        clock.offset += STAYS_OPEN + timedelta(seconds=1)
    [menu] = await phone.press("Back")

    assert "Places" in menu.buttons
    assert (await known_on(database, phone)).discretion is Discretion.WATCHED
    [asked] = await phone.write("/safety")
    assert "four pictures" in asked.text


@pytest.mark.parametrize("command", ["/start", "/language"])
async def test_p4_whoever_leaves_in_the_middle_of_choosing_pictures_is_asked_for_them_again(
    phone: Phone, database: Database, organisation: Organisation, command: str
) -> None:
    """Without them anybody who takes the phone would open it with one tap."""
    await phone.write(f"/start {await invite(database, organisation)}")
    for label in ("English", "Go on", "I am back", "must not know"):
        await phone.press(label)
    await phone.tap(ROW)
    await phone.write(command)
    [asked] = await phone.press("English")
    assert "Choose four pictures" in asked.text
    said = await phone.tap(ROW * 2)
    assert "Go on" in shown(said).buttons


async def test_p4_whoever_leaves_the_choice_of_pictures_changes_nothing_of_the_row(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/safety")
    await phone.press("Screen")
    await phone.tap()
    await phone.press("Other pictures")
    await phone.tap(WRONG[:2])
    [main] = await phone.press("Back")

    assert main.text.startswith("Reminders")
    await phone.write("/hide")
    await phone.write("/safety")
    await phone.press("Screen")
    assert "What may stand on the screen?" in shown(await phone.tap()).text
