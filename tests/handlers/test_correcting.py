"""P6: what was written wrongly is put right beside it, by the person alone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from dialogs.presses import CorrectWords, ToMenu
from domain.casework.work import write
from domain.returnees.chats import returnee_of_chat
from domain.safeguarding.complaints import confide
from domain.staff import actor_of
from storage.kinds import ComplaintKind, OutboxState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, Message
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.staff import Staff
from tests.handlers.conftest import NewPhone
from tests.handlers.correcting import RIGHT, WRONG, answered, choose, corrections
from tests.handlers.cries import EMERGENCY, all_comes, notices, texts
from tests.handlers.enrolling import confirmed, enrol, invite
from tests.handlers.phone import Phone


async def writes(database: Database, text: str) -> None:
    """Whoever has the case, once more."""
    async with database.begin(SERVICE) as session:
        case = (await session.scalars(select(Case))).one()
        worker = await session.get_one(Staff, case.claimed_by)
        await write(session, actor_of(worker), case.id, text)
    await all_comes(database)


async def test_p6_a_note_stands_beside_what_was_wrong_and_staff_read_both(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await answered(phone, database, organisation)
    await choose(phone)
    said = await phone.write(RIGHT)

    assert "Your note stands beside it" in said[-1].text
    assert await corrections(database, organisation) == [[RIGHT]]
    await phone.write("And how are you?")
    assert await corrections(database, organisation) == [[RIGHT]]


@pytest.mark.parametrize("state", [OutboxState.HELD, OutboxState.WAITING, OutboxState.FAILED])
async def test_what_waits_for_later_or_never_went_is_not_shown_to_be_put_right(
    phone: Phone, database: Database, organisation: Organisation, state: OutboxState
) -> None:
    await answered(phone, database, organisation)
    async with database.begin(SERVICE) as session:
        rows = select(OutboxRow).join(Message, Message.outbox_id == OutboxRow.id)
        (await session.scalars(rows)).one().state = state
    [shown] = await phone.press_data(CorrectWords().pack())

    assert not [label for label in shown.buttons if WRONG[:10] in label]
    assert WRONG[:10] not in shown.text


async def test_p6_words_that_come_much_later_are_no_correction(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await answered(phone, database, organisation)
    await choose(phone)
    clock.offset += timedelta(hours=2)
    await phone.write(RIGHT)

    assert await corrections(database, organisation) == [[]]


@pytest.mark.parametrize("comes_first", [True, False])
async def test_p1_what_answers_the_team_is_theirs_and_no_note_beside_what_was_wrong(
    phone: Phone, database: Database, organisation: Organisation, comes_first: bool
) -> None:
    await answered(phone, database, organisation)
    if not comes_first:
        await choose(phone)
    await writes(database, "Where are you from, then?")
    if comes_first:
        await choose(phone)
    await phone.write(RIGHT)

    assert await corrections(database, organisation) == [[RIGHT] if comes_first else []]
    assert RIGHT in await texts(database)


@pytest.mark.parametrize("words", ["the caseworker hit me", EMERGENCY])
async def test_p10_what_goes_past_the_team_and_a_cry_are_no_note_for_staff_to_read(
    phone: Phone, database: Database, organisation: Organisation, words: str
) -> None:
    await answered(phone, database, organisation)
    await choose(phone)
    said = await phone.write(words)

    assert not [each for each in said if "Your note stands beside it" in each.text]
    assert await corrections(database, organisation) == [[]]
    await phone.write("And how are you?")
    assert await corrections(database, organisation) == [[]]


async def test_p10_what_is_told_in_confidence_is_no_note_for_staff_to_read(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await answered(phone, database, organisation)
    await choose(phone)
    async with database.begin(SERVICE) as session:
        returnee = await returnee_of_chat(session, phone.user_id)
        assert returnee is not None
        await confide(session, returnee, ComplaintKind.KEEP_AWAY)
    said = await phone.write(RIGHT)

    assert notices(said) == ["confided"]
    assert await corrections(database, organisation) == [[]]
    assert RIGHT not in await texts(database)


@pytest.mark.parametrize("elsewhere", ["/help", "/hide", "press"])
async def test_p6_words_that_come_after_something_else_was_pressed_are_no_correction(
    phone: Phone, database: Database, organisation: Organisation, elsewhere: str
) -> None:
    await answered(phone, database, organisation)
    await choose(phone)
    if elsewhere == "press":
        await phone.press_data(ToMenu().pack())
    else:
        await phone.write(elsewhere)
    await phone.write("I need a doctor")

    assert await corrections(database, organisation) == [[]]


async def test_p13_nothing_is_offered_before_somebody_has_made_sure_who_is_there(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    [shown] = await phone.press_data(CorrectWords().pack())

    assert "before a person of our team has made sure" in shown.text


@pytest.mark.parametrize("theirs", [True, False])
async def test_p6_somebody_elses_message_is_not_put_right(
    new_phone: NewPhone, database: Database, organisation: Organisation, theirs: bool
) -> None:
    hers, his = new_phone(1), new_phone(2)
    await answered(hers, database, organisation)
    await enrol(his, await invite(database, organisation))
    await confirmed(database, his)
    async with database.begin(SERVICE) as session:
        message_id = (await session.scalars(select(Message.id))).first()
    forged = CorrectWords(message=message_id if theirs else uuid4())
    assert await his.press_data(forged.pack()) == []
    await his.write(RIGHT)

    assert await corrections(database, organisation) == [[]]


async def test_p6_however_old_it_is_it_is_found_page_by_page_and_put_right(
    phone: Phone, database: Database, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.privacy.correcting.OFFERED", 2)
    await answered(phone, database, organisation)
    for number in range(4):
        await phone.write(f"Word {number}")
    shown = await phone.press_data(CorrectWords().pack())
    labels = list(shown[-1].buttons)
    while "Older ones ▶️" in labels:
        shown = await phone.press("Older ones")
        labels += list(shown[-1].buttons)
        labels.remove("Older ones ▶️")
    assert [label for label in labels if WRONG[:10] in label]
    assert len(set(labels)) == len(labels) >= 5


async def test_p6_what_no_key_opens_keeps_nothing_else_from_being_put_right(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await answered(phone, database, organisation)
    await phone.write("And I am from Fes.")
    async with database.begin(SERVICE) as session:
        [first, *_] = await session.scalars(select(Message).order_by(Message.number.desc()))
        first.body = b"damaged"
    await choose(phone)
    said = await phone.write(RIGHT)

    assert "Your note stands beside it" in said[-1].text
    assert await corrections(database, organisation) == [[RIGHT]]


async def test_p6_on_a_phone_that_others_may_read_it_is_found_page_by_page_behind_each_cover(
    phone: Phone, database: Database, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.privacy.correcting.OFFERED", 1)
    await answered(phone, database, organisation, reads="Sometimes others")
    await phone.write("One more word")
    await phone.press_data(CorrectWords().pack())
    [newest] = await phone.press("Open")
    assert not [label for label in newest.buttons if WRONG[:10] in label]
    await phone.press("Older ones")
    [older] = await phone.press("Open")

    assert [label for label in older.buttons if WRONG[:10] in label]
