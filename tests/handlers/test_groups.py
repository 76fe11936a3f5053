from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from aiogram.methods import LeaveChat
from sqlalchemy import select

from bot.delivery.packing import Packing, Parcel
from dialogs.presses import ClaimCase
from domain.cases import states
from domain.organisations import staff_chat_of
from domain.replies.unsent import GRACE_IN_TELEGRAM
from domain.safeguarding.conflicts import keep_apart, recuse
from domain.staff import actor_of, staff_of_chat
from locales.catalogues import Catalogues
from storage.kinds import CaseEventKind, ConflictKind, OutboxState, Outcome, Role
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from tests.handlers.conftest import NewPhone
from tests.handlers.cries import EMERGENCY, cases
from tests.handlers.phone import Phone
from tests.handlers.staff import (
    GROUP,
    SUPERGROUP,
    TOPIC,
    case_with_topic,
    claimed_with_topic,
    have_a_group,
    in_group,
    in_topic,
    press_in_group,
    staff_phone,
)


@pytest.fixture(autouse=True)
async def staff_group(database: Database, organisation: Organisation) -> None:
    await have_a_group(database, organisation)


async def test_words_in_a_cases_topic_go_to_the_person_once_it_is_claimed(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    case = await case_with_topic(phone, database)
    [refusal] = await in_topic(worker, "Hello, I am here")
    assert refusal.text == "Claim this case first."
    assert (refusal.chat, refusal.content["thread"]) == (GROUP, TOPIC)
    await worker.press_data(f"k:{case.code}")
    words, hint = await in_topic(worker, "Hello, I am here")

    assert words.chat == phone.user_id
    assert "Hello, I am here" in words.text
    # Nothing of it is said again in the group (P8).
    assert (hint.chat, hint.content["thread"]) == (GROUP, TOPIC)
    assert "Hello" not in hint.text


async def test_words_in_a_topic_are_taken_back_by_a_button_while_they_lie_still(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    colleague = await staff_phone(new_phone, database, organisation, user_id=78)
    case = await claimed_with_topic(worker, phone)
    words, hint = await in_topic(worker, "Hello, I am here")
    assert words.row.state is OutboxState.HELD
    assert words.row.not_before - words.row.created_at >= GRACE_IN_TELEGRAM
    assert await press_in_group(colleague, hint.data("Take back")) == []
    assert colleague.toast.text == "Claim this case first."
    [back] = await press_in_group(worker, hint.data("Take back"))

    assert "they never left" in back.text
    assert back.content["edit"] is not None
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Message)) is None
        assert (await session.get_one(Case, case.id)).first_action_at is None
        assert (await session.get_one(OutboxRow, words.row.id)).state is OutboxState.CANCELLED
    assert await press_in_group(worker, hint.data("Take back")) == []
    assert worker.toast.text == "It has left already, or was taken back."


async def test_words_in_a_topic_that_have_left_are_not_taken_back(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await claimed_with_topic(worker, phone)
    words, hint = await in_topic(worker, "Hello, I am here")
    async with database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, words.row.id)
        row.state = OutboxState.SENT

    assert await press_in_group(worker, hint.data("Take back")) == []
    assert worker.toast.text == "It has left already, and can't be taken back."


async def test_whoever_changes_words_in_a_topic_is_told_that_the_person_sees_no_change(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await claimed_with_topic(worker, phone)
    words, _ = await in_topic(worker, "Come to the old house")
    chat = {"id": GROUP, "type": "supergroup", "title": "Team"}
    changed = worker.message(text="Come to the new house", message_thread_id=TOPIC)
    changed |= {"chat": chat, "edit_date": 2, "is_topic_message": True}
    [told] = await worker.send(edited_message=changed)

    assert (told.chat, told.content["thread"]) == (GROUP, TOPIC)
    assert "changes nothing that went to the person" in told.text
    async with database.begin(SERVICE) as session:
        assert (await session.get_one(OutboxRow, words.row.id)).state is OutboxState.HELD
        assert len((await session.scalars(select(Message))).all()) == 1


@pytest.mark.parametrize("text", ["Come to the old house", "// She sounded afraid of Ben."])
async def test_p12_a_reaction_to_words_in_a_topic_says_them_to_nobody_again(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation, text: str
) -> None:
    """Telegram tells of it as of an edit, but of none that was made at any time."""
    worker = await staff_phone(new_phone, database, organisation)
    await claimed_with_topic(worker, phone)
    chat = {"id": GROUP, "type": "supergroup", "title": "Team"}
    written = worker.message(text=text, message_thread_id=TOPIC, is_topic_message=True)
    written |= {"chat": chat}
    await worker.send(message=written)

    async def kept() -> tuple[int, int]:
        async with database.begin(SERVICE) as session:
            messages, events = await session.scalars(select(Message)), select(CaseEvent.number)
            return len(messages.all()), len((await session.scalars(events)).all())

    before = await kept()
    assert await worker.send(edited_message=written) == []
    assert await kept() == before


async def test_two_strokes_before_words_in_a_topic_make_a_note_that_reaches_nobody(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    case = await claimed_with_topic(worker, phone)

    assert await in_topic(worker, "// She sounded afraid of the neighbour.") == []
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Message)) is None
        kinds = await session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == case.id))
        assert CaseEventKind.NOTE in kinds.all()


async def test_p10_who_is_not_staff_says_nothing_to_a_person(
    new_phone: NewPhone, phone: Phone, database: Database
) -> None:
    await case_with_topic(phone, database)
    (told,) = await in_topic(new_phone(555), "I know her")

    assert told.text == "Nothing goes to the person from here. Write in the console."
    assert (told.chat, told.content["thread"]) == (GROUP, TOPIC)
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Message)) is None


@pytest.mark.parametrize(("as_whom", "named"), [(GROUP, 1087968824), (-1001, 136817688)])
async def test_whoever_writes_in_a_topic_as_a_group_or_channel_is_told_that_it_goes_to_nobody(
    phone: Phone, database: Database, as_whom: int, named: int
) -> None:
    """An administrator who hides their name: nobody can tell whether they may."""
    await case_with_topic(phone, database)
    group = {"id": as_whom, "type": "supergroup", "title": "Team"}
    nobody = {"id": named, "is_bot": True, "first_name": "Group"}
    hidden: dict[str, Any] = {"from": nobody, "sender_chat": group, "is_topic_message": True}
    for topic, told in ((TOPIC, 1), (TOPIC + 1, 0)):
        said = await in_group(phone, text="Go now!", message_thread_id=topic, **hidden)
        assert len(said) == told
        for each in said:
            assert each.text == "Nothing goes to the person from here. Write in the console."
            assert (each.chat, each.content["thread"]) == (GROUP, TOPIC)
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Message)) is None


async def test_words_in_the_topic_of_a_closed_case_are_refused_and_notes_are_kept(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    colleague = await staff_phone(new_phone, database, organisation, user_id=78)
    case = await claimed_with_topic(worker, phone)
    async with database.begin(SERVICE) as session:
        closing = await session.get_one(Case, case.id)
        states.close(closing, Outcome.HELPED, session.now)

    [refusal] = await in_topic(colleague, "The doctor waits for you at nine")
    assert refusal.text == "This case is closed."
    assert (refusal.chat, refusal.content["thread"]) == (GROUP, TOPIC)
    assert await in_topic(worker, "// She went to the doctor.") == []
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Message)) is None


@pytest.mark.parametrize("text", ["Hello, I am here", "// She sounded afraid of Ben."])
async def test_p10_nothing_goes_from_a_topic_that_somebody_reads_who_is_kept_apart(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation, text: str
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    ben = await staff_phone(new_phone, database, organisation, user_id=78)
    lead = await staff_phone(new_phone, database, organisation, Role.SAFEGUARDING, user_id=79)
    case = await claimed_with_topic(worker, phone)
    async with database.begin(SERVICE) as session:
        [keeper, kept] = [await staff_of_chat(session, each.user_id) for each in (lead, ben)]
        assert keeper is not None
        assert kept is not None
        await keep_apart(
            session, actor_of(keeper), case.returnee_id, kept.id, ConflictKind.COMPLAINT
        )

    [refusal] = await in_topic(worker, text)
    assert refusal.text == "Nothing goes to the person from here. Write in the console."
    assert await in_topic(ben, "Hello?") == []
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Message)) is None


async def test_p10_a_group_reads_of_no_case_that_went_back_and_somebody_there_must_not_know_of(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    ben = await staff_phone(new_phone, database, organisation, user_id=78)
    await phone.write("/help")
    [first] = await cases(database)
    await worker.press_data(ClaimCase(code=first.code).pack())
    async with database.begin(SERVICE) as session:
        kept = await staff_of_chat(session, ben.user_id)
        assert kept is not None
        await recuse(session, actor_of(kept), first.returnee_id)
    await new_phone(43).write(EMERGENCY)
    [emergency] = [case for case in await cases(database) if case.id != first.id]
    said = await press_in_group(worker, ClaimCase(code=emergency.code).pack())

    claimed = {each.chat: each.text for each in said if each.notice == "staff-claimed"}
    assert "went back" not in claimed[GROUP]
    assert f"These went back to your colleagues: {first.code}." in claimed[worker.user_id]


@pytest.mark.parametrize("text", ["/queue", "/help@WayhomeBot now"])
async def test_commands_and_talk_outside_a_topic_go_to_nobody(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation, text: str
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await case_with_topic(phone, database)

    assert await in_topic(worker, text) == []
    assert await in_group(worker, text="lunch?") == []


@pytest.mark.parametrize("joined", [True, False])
async def test_p2_whoever_answers_an_alert_in_a_group_without_topics_is_told_that_it_goes_to_nobody(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation, joined: bool
) -> None:
    worker = await staff_phone(new_phone, database, organisation) if joined else new_phone(555)
    await phone.write("/help")
    group = {"id": GROUP, "type": "supergroup", "title": "Team"}
    alert = {"message_id": 9, "date": 1, "chat": group, "text": "A new case"}

    async def answers(author: int, text: str) -> list[Any]:
        ours = {"from": {"id": author, "is_bot": True, "first_name": "Wayhome"}}
        # In a group without topics Telegram numbers the thread of answers, too.
        return await in_group(worker, text=text, message_thread_id=9, reply_to_message=alert | ours)

    [told] = await answers(42, "Hello, I am here")
    assert told.text == "Nothing goes to the person from here. Write in the console."
    assert (told.chat, told.content["thread"]) == (GROUP, None)
    assert await answers(43, "Hello, I am here") == []
    assert await answers(42, "/queue") == []


async def test_a_picture_in_a_topic_is_refused_in_the_topic(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await case_with_topic(phone, database)
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    [refusal] = await in_group(worker, photo=photo, message_thread_id=TOPIC, is_topic_message=True)

    assert "Only words" in refusal.text


@pytest.mark.parametrize("status", ["member", "administrator"])
async def test_the_bot_leaves_groups_that_it_was_not_set_up_for(phone: Phone, status: str) -> None:
    """Also where a Bot API server of one's own does not know of every right yet."""
    bot = {"id": 42, "is_bot": True, "first_name": "Wayhome"}
    change = {
        "chat": {"id": -5, "type": "group", "title": "Strangers"},
        "from": phone.user,
        "date": 1,
        "old_chat_member": {"status": "left", "user": bot},
        "new_chat_member": {"status": status, "user": bot},
    }
    [leaving] = await phone.send(my_chat_member=change)
    assert (leaving.chat, leaving.content) == (-5, {"leave": True})
    [again] = await in_group(phone, -6, text="hello")
    assert again.content == {"leave": True}

    # One way out is enough for all that is said until then.
    assert await in_group(phone, -6, text="hello?") == []


@pytest.mark.parametrize(
    "told", [("old",), ("new",), ("old", "new"), ("new", "old"), ("new", "old", "new")]
)
async def test_p2_the_staff_group_stays_one_as_a_supergroup_whichever_chat_says_so_first(
    phone: Phone, database: Database, organisation: Organisation, told: Sequence[str]
) -> None:
    """They are two chats, which different replicas may have in hand."""
    for chat in told:
        if chat == "old":
            assert await in_group(phone, migrate_to_chat_id=SUPERGROUP) == []
        else:
            assert await in_group(phone, SUPERGROUP, migrate_from_chat_id=GROUP) == []

    async with database.begin(SERVICE) as session:
        known = await session.get_one(Organisation, organisation.id)
        assert staff_chat_of(session, known) == SUPERGROUP
    assert await in_group(phone, SUPERGROUP, text="lunch?") == []


async def test_p2_a_supergroup_that_speaks_before_it_is_known_is_not_left(
    phone: Phone, database: Database
) -> None:
    [leaving] = await in_group(phone, SUPERGROUP, text="lunch?")
    assert leaving.row.state is OutboxState.HELD
    assert leaving.row.not_before - leaving.row.created_at >= timedelta(minutes=1)
    await in_group(phone, migrate_to_chat_id=SUPERGROUP)

    assert await made_ready(database, leaving.row) is None
    async with database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, leaving.row.id)
        assert (row.state, row.error) == (OutboxState.CANCELLED, "recalled")


async def test_strangers_whose_group_becomes_a_supergroup_are_left_there(
    phone: Phone, database: Database
) -> None:
    [leaving] = await in_group(phone, -1000888, migrate_from_chat_id=-8)
    parcel = await made_ready(database, leaving.row)

    assert parcel is not None
    [call] = parcel.wire.calls
    assert isinstance(call, LeaveChat)
    assert call.chat_id == -1000888


async def made_ready(database: Database, row: OutboxRow) -> Parcel | None:
    """As once its time has come."""
    async with database.begin(SERVICE) as session:
        (await session.get_one(OutboxRow, row.id)).state = OutboxState.WAITING
        await session.flush()
        packing = await Packing.of(session, Catalogues.load(), [row])
        return await packing.pack(packing.rows[0])


async def test_whoever_presses_in_the_staff_group_and_has_not_joined_learns_that_nothing_was_done(
    new_phone: NewPhone, phone: Phone, database: Database
) -> None:
    """They alone: it is the answer to their press. A case that seems claimed would wait on."""
    case = await case_with_topic(phone, database)
    colleague = new_phone(555)

    assert await press_in_group(colleague, f"k:{case.code}") == []
    assert "this account has not joined" in (colleague.toast.text or "")
    async with database.begin(SERVICE) as session:
        assert (await session.get_one(Case, case.id)).claimed_by is None


async def test_whoever_presses_something_in_a_group_of_strangers_is_told_nothing(
    new_phone: NewPhone,
) -> None:
    stranger = new_phone(555)

    assert await press_in_group(stranger, "k:BARU-7", SUPERGROUP) == []
    assert stranger.toast.text is None
