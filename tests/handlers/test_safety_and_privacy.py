from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.delivery.packing import Packing
from domain.consent import has_consent
from domain.organisations import add_organisation
from domain.retention_periods import Kind, choose_days
from domain.returnees.chats import returnee_of_chat
from domain.returnees.enrolments import add_returnee, current_enrolment
from domain.returnees.enrolments import enrol as with_organisation
from domain.safety.phones import choose_discretion
from domain.safety.screens import STAYS_OPEN
from domain.safety.window import window_of
from storage.kinds import Discretion, Identity, OutboxState, Purpose
from storage.sessions import SERVICE, Clock, Database
from storage.tables.consent import Consent
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, Safety
from tests.dialogs.revealing import CATALOGUES
from tests.handlers.cries import all_arrives
from tests.handlers.enrolling import enrol, invite, returnee_on
from tests.handlers.phone import ROW, Phone


async def test_hours_are_chosen_with_a_tap(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/safety")
    await phone.press("Hours")
    [main] = await phone.press("Evenings")

    assert "Evenings" in main.text
    async with database.begin(SERVICE) as session:
        safety = await session.scalar(select(Safety))
        assert safety is not None
        window = await window_of(session, safety.returnee_id, safety)
        assert window.opens.hour == 17


async def test_p4_whoever_said_on_which_days_only_is_written_to_on_no_other_once_the_hours_change(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/safety")
    await phone.press("Hours")
    await phone.press("Only on some days")
    for day in ("Tue", "Thu", "Sat", "Sun"):
        await phone.press(day)
    await phone.press("Back")
    await phone.press("Hours")
    [main] = await phone.press("Evenings")

    assert "Evenings, 17 to 21 (Mon, Wed, Fri)" in main.text
    async with database.begin(SERVICE) as session:
        safety = await session.scalar(select(Safety))
        assert safety is not None
        window = await window_of(session, safety.returnee_id, safety)
    assert (window.days, window.opens.hour) == (frozenset({0, 2, 4}), 17)


async def test_p4_whose_hours_no_key_opens_any_more_chooses_them_anew(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    async with database.begin(SERVICE) as session:
        await session.execute(update(Safety).values(window=b"no key opens it"))
    [main] = await phone.write("/safety")
    assert "Now: –" in main.text
    await phone.press("Hours")
    await phone.press("Only on some days")
    await phone.press("Tue")
    await phone.press("Back")
    await phone.press("Hours")
    [main] = await phone.press("Evenings")

    assert "Evenings, 17 to 21 (Tue)" in main.text


async def test_never_first_and_asking_twice_are_chosen_with_a_tap(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/safety")
    await phone.press("Ask me once more: no")
    await phone.press("Hours")
    [main] = await phone.press("Never, only answers")

    assert "never write before" in main.text
    async with database.begin(SERVICE) as session:
        safety = await session.scalar(select(Safety))
    assert safety is not None
    assert safety.never_first
    assert safety.second_prompt


async def days_on(phone: Phone, database: Database) -> frozenset[int]:
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    async with database.begin(SERVICE) as session:
        safety = await session.get_one(Safety, returnee.id)
        return (await window_of(session, returnee.id, safety)).days


@pytest.mark.parametrize("released", ["now", "earlier"])
async def test_p4_a_double_tap_opens_no_day_that_is_not_safe(
    phone: Phone, database: Database, organisation: Organisation, released: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/safety")
    await phone.press("Hours")
    [days] = await phone.press("Only on some days")
    pressed = days.data("Mon").removesuffix("-" if released == "earlier" else "")
    for _ in range(2):
        [days] = await phone.press_data(pressed)
        assert "▫️ Mon" in days.buttons
        assert await days_on(phone, database) == frozenset(range(1, 7))
    [days] = await phone.press("▫️ Mon")
    assert "✅ Mon" in days.buttons


async def test_p4_a_double_tap_on_asking_once_more_wants_the_same_twice(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    [main] = await phone.write("/safety")
    for wanted, label in ((True, "once more: no"), (False, "once more: yes")):
        pressed = main.data(label)
        for _ in range(2):
            [main] = await phone.press_data(pressed)
            async with database.begin(SERVICE) as session:
                assert (await session.scalars(select(Safety.second_prompt))).one() is wanted


async def test_a_phone_that_becomes_watched_shows_neutral_words_from_that_tap_on(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/safety")
    await phone.press("Who reads")
    [grid] = [each for each in await phone.press("must not know") if each.text]
    assert "pictures" in grid.text
    [main] = await phone.tap(ROW * 2)

    assert main.text.startswith("Reminders")
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    assert returnee.discretion is Discretion.WATCHED


async def test_p4_whoever_leaves_before_choosing_pictures_is_asked_for_them_until_they_do(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    """Without them anybody who takes the phone opens it with one tap."""
    await enrol(phone, await invite(database, organisation))
    await phone.write("/safety")
    await phone.press("Who reads")
    await phone.press("must not know")
    await phone.tap(ROW)
    await phone.write("/start")
    [asked] = await phone.write("/safety")
    assert "Choose four pictures" in asked.text
    [main] = await phone.tap(ROW * 2)

    assert main.text.startswith("Reminders")
    [main] = await phone.write("/safety")
    assert main.text.startswith("Reminders")


async def test_whoever_said_by_a_slip_that_others_must_not_know_goes_back_and_all_is_as_before(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/safety")
    await phone.press("Ask me once more: no")
    await phone.press("Who reads")
    await phone.press("must not know")
    [main, *_] = await phone.press("Back")

    assert "When may I write to you first?" in main.text
    assert any("Ask me once more: yes" in label for label in main.buttons)
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    assert (returnee.discretion, returnee.shared_phone) == (Discretion.OPEN, False)


async def test_p4_whoever_takes_the_phone_later_does_not_take_that_back(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/safety")
    await phone.press("Who reads")
    await phone.press("must not know")
    clock.offset += STAYS_OPEN + timedelta(seconds=1)
    await phone.press("Back")

    returnee = await returnee_on(database, phone)
    assert returnee is not None
    assert returnee.discretion is Discretion.WATCHED


@pytest.mark.parametrize("chosen", ["Evenings", "Never"])
async def test_p4_whoever_says_that_nobody_reads_along_any_more_is_asked_when_it_is_safe(
    phone: Phone, database: Database, organisation: Organisation, chosen: str
) -> None:
    """That we never write first came of it by itself, and holds until they have said."""
    await enrol(phone, await invite(database, organisation), reads="Sometimes")
    await phone.write("/safety")
    await phone.press("This phone")
    [asked] = await phone.press("Only I read it")
    assert "When is it safe for you that I write first?" in asked.text
    assert await never_first(database)
    await phone.press(chosen)

    assert await never_first(database) is (chosen == "Never")


async def never_first(database: Database) -> bool:
    async with database.begin(SERVICE) as session:
        return (await session.scalars(select(Safety.never_first))).one()


async def test_p5_consent_is_taken_back_with_one_tap(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/privacy")
    await phone.press("A person reads")

    returnee = await returnee_on(database, phone)
    assert returnee is not None
    async with database.begin(SERVICE) as session:
        assert not await has_consent(session, returnee.id, Purpose.CASEWORKER)


@pytest.mark.parametrize("released", ["now", "earlier"])
async def test_p5_a_double_tap_takes_a_consent_back_and_says_no_other_yes(
    phone: Phone, database: Database, organisation: Organisation, released: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    [privacy] = await phone.write("/privacy")
    pressed = privacy.data("Health and").removesuffix("-" if released == "earlier" else "")
    for _ in range(2):
        await phone.press_data(pressed)

    async with database.begin(SERVICE) as session:
        lines = await session.scalars(
            select(Consent.granted)
            .where(Consent.purpose == Purpose.ANSWERS)
            .order_by(Consent.given_at)
        )
        assert lines.all() == [True, False]


async def test_what_is_kept_is_not_shown_on_a_watched_phone(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    [window] = await phone.write("/privacy")

    assert not any("kept about me" in label for label in window.buttons)


async def with_another(database: Database, person: Returnee, *, handed_over: bool) -> None:
    """It keeps talks for a thousand days, and words longer."""
    async with database.begin(SERVICE) as session:
        other = await add_organisation(session, "Elsewhere")
        choose_days(session, other, {Kind.WORDS: 1200, Kind.CASES: 1000})
        await with_organisation(session, await session.get_one(Returnee, person.id), other)
        if handed_over:
            there = await current_enrolment(session, person.id, other.id)
            assert there is not None
            there.until_at = session.now


@pytest.mark.parametrize("handed_over", [False, True])
@pytest.mark.parametrize("sure", [False, True])
async def test_p13_all_who_keep_something_are_named_once_it_is_sure_who_is_there(
    phone: Phone, database: Database, organisation: Organisation, sure: bool, handed_over: bool
) -> None:
    """Also those whom they have left, whose helpers can still read it; and how long those keep it.
    To whoever just has the phone nobody says who was told of them.
    """
    await enrol(phone, await invite(database, organisation))
    person = await returnee_on(database, phone)
    assert person is not None
    await with_another(database, person, handed_over=handed_over)
    if sure:
        async with database.begin(SERVICE) as session:
            known = await session.get_one(Returnee, person.id)
            known.identity, known.confirmed_at = Identity.CONFIRMED, session.now
    await phone.write("/privacy")
    [window] = await phone.press("What is kept about me")

    assert ("Elsewhere" in window.text) is sure
    assert organisation.name in window.text
    assert "They go 1200 days after they have ended" in window.text


async def test_stop_pauses_until_the_person_turns_it_back(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    [stopped] = await phone.write("/stop")
    assert "/help works" in stopped.text
    paused = await returnee_on(database, phone)
    assert paused is not None
    assert paused.paused_until is not None
    await phone.press("You may write to me again")

    returnee = await returnee_on(database, phone)
    assert returnee is not None
    assert returnee.paused_until is None


async def test_hide_empties_the_chat_and_the_next_window_is_new(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    [hidden] = await phone.write("/hide")
    assert hidden.content["params"] == {"hide": True}
    [menu] = await phone.write("/start")

    assert menu.content["edit"] is None
    assert menu.content["replaces"] is None


async def test_p5_a_stranger_has_nothing_to_set_and_leaves_no_row(
    phone: Phone, database: Database
) -> None:
    for command in ("/safety", "/privacy", "/stop", "/checkin"):
        [answer] = await phone.write(command)
        assert "Nothing about you is kept" in answer.text
        async with database.begin(SERVICE) as session:
            await session.execute(update(OutboxRow).values(state=OutboxState.SENT))
    [hidden] = await phone.write("/hide")

    assert hidden.content["params"] == {"hide": True}
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Returnee)) is None


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("discretion", [Discretion.DISCREET, Discretion.WATCHED])
async def test_p4_a_window_that_waits_is_not_shown_once_others_read_along(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    discretion: Discretion,
    known: bool,
) -> None:
    """It was drawn for an open phone, or for a stranger's."""
    if known:
        await enrol(phone, await invite(database, organisation))
        await all_arrives(database)
    [window] = await phone.write("/start")
    async with database.begin(SERVICE) as session:
        found = await returnee_of_chat(session, phone.user_id)
        person = found or await add_returnee(session, phone.user_id, organisation, "en")
        await choose_discretion(session, person, discretion)
    async with database.begin(SERVICE) as session:
        packing = await Packing.of(session, CATALOGUES, [window.row])
        assert await packing.pack(packing.rows[0]) is None
    async with database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, window.row.id)
    assert (row.state, row.content) == (OutboxState.CANCELLED, None)


@pytest.mark.parametrize("since", [Discretion.DISCREET, Discretion.OPEN])
async def test_a_window_that_waits_is_shown_where_no_more_read_along_since(
    phone: Phone, database: Database, organisation: Organisation, since: Discretion
) -> None:
    await enrol(phone, await invite(database, organisation), reads="Sometimes others")
    await all_arrives(database)
    [window] = await phone.write("/start")
    async with database.begin(SERVICE) as session:
        person = await returnee_of_chat(session, phone.user_id)
        assert person is not None
        await choose_discretion(session, person, since)
    async with database.begin(SERVICE) as session:
        packing = await Packing.of(session, CATALOGUES, [window.row])
        assert await packing.pack(packing.rows[0]) is not None
