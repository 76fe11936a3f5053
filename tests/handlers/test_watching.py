from datetime import datetime, timedelta
from typing import Any

import pytest
from aiogram.types import Update
from sqlalchemy import func, select, update

from bot.delivery.outcome import Taken, failed
from domain.lexicon.cache import Lexicons
from domain.messages.sealing import body_of
from domain.notices import Notice, tell
from domain.returnees.chats import returnee_of_chat
from handlers.watching import look
from storage.inbox.updates import sent_at
from storage.kinds import MessageKind, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, Message
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.handlers.cries import EMERGENCY, all_arrives, cases, kept, notices
from tests.handlers.enrolling import enrol, invite, returnee_on
from tests.handlers.phone import Phone

VOICE = {"file_id": "voice-1", "file_unique_id": "v", "duration": 3}


async def test_p1_a_strangers_cry_for_help_opens_a_case_with_their_words(
    phone: Phone, database: Database
) -> None:
    said = await phone.write(EMERGENCY)

    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    [message] = await kept(database)
    async with database.begin(SERVICE) as session:
        assert (await body_of(session, message))["text"] == EMERGENCY
    assert notices(said) == ["crisis"]
    assert "Phone numbers" in said[0].text


async def test_p1_no_dialog_swallows_a_cry_for_help(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await phone.write(f"/start {await invite(database, organisation)}")
    await phone.press("English")
    said = await phone.write(EMERGENCY)

    assert notices(said) == ["crisis"]
    assert len(await cases(database)) == 1


async def test_p1_a_cry_that_is_written_by_editing_or_under_a_picture_is_heard(
    phone: Phone, database: Database
) -> None:
    await phone.send(edited_message=phone.message(text=EMERGENCY, edit_date=2))
    assert len(await cases(database)) == 1

    photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    await phone.write(photo=photo, caption=EMERGENCY)
    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    assert [message.kind for message in await kept(database)] == [
        MessageKind.TEXT,
        MessageKind.PHOTO,
    ]


async def test_p1_a_cry_that_is_split_over_two_messages_is_heard(
    phone: Phone, database: Database
) -> None:
    await phone.write("I am going to")
    assert await cases(database) == []
    await phone.write("kill myself")

    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY


async def test_while_a_case_is_open_all_that_somebody_writes_is_kept_with_one_receipt(
    phone: Phone, database: Database
) -> None:
    await phone.write("/help")
    first = await phone.write("It is about my papers")
    second = await phone.write("They are in Rome")

    assert notices(first) == ["message-kept"]
    assert notices(second) == []
    assert len(await kept(database)) == 2


async def test_p1_a_voice_note_with_consent_gets_a_deadline_for_listening(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    said = await phone.write(voice=VOICE)

    assert notices(said) == ["recording-kept"]
    [message] = await kept(database)
    assert message.listen_by is not None
    [case] = await cases(database)
    assert case.severity is Severity.URGENT


async def test_p1_a_voice_note_without_consent_is_heard_and_the_person_told_when_it_is_forgotten(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), answer="No")
    said = await phone.write(voice=VOICE)

    assert notices(said) == ["recording-kept"]
    assert "24 hours later I forget it" in said[0].text
    assert "In an emergency, recordings stay until it is over" in said[0].text
    [message] = await kept(database)
    assert message.listen_by is not None


async def test_p5_a_strangers_voice_note_leaves_no_row(phone: Phone, database: Database) -> None:
    said = await phone.write(voice=VOICE)

    assert notices(said) == ["recording-unread"]
    assert await returnee_on(database, phone) is None


async def test_p14_of_a_place_only_that_it_was_sent_is_kept(
    phone: Phone, database: Database
) -> None:
    await phone.write("/help")
    await phone.write(location={"latitude": 41.3, "longitude": 19.8})

    [message] = await kept(database)
    async with database.begin(SERVICE) as session:
        assert (await body_of(session, message)).keys() == {"number"}


def place(latitude: float) -> dict[str, float]:
    return {"latitude": latitude, "longitude": 19.8, "live_period": 28_800}


async def test_p4_a_place_that_is_shared_live_and_moves_by_itself_is_nobody_writing(
    phone: Phone, database: Database
) -> None:
    await phone.write("/help")
    sent = phone.message(location=place(41.3))
    await phone.send(message=sent)
    async with database.begin(SERVICE) as session:
        await session.execute(update(Case).values(state="resolved", resolved_at=session.now))
        await session.execute(update(Returnee).values(last_wrote_at=None))
    said = await phone.send(edited_message=sent | {"location": place(41.4), "edit_date": 60})

    assert said == []
    [case] = await cases(database)
    assert case.state == "resolved"
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    assert returnee.last_wrote_at is None


async def test_p4_a_service_message_is_nobodys_words(phone: Phone, database: Database) -> None:
    """What is held for their hours goes to whoever wrote just now, and to nobody else."""
    await phone.write("/help")
    async with database.begin(SERVICE) as session:
        await session.execute(update(Returnee).values(last_wrote_at=None))
    said = await phone.write(message_auto_delete_timer_changed={"message_auto_delete_time": 60})

    assert said == []
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    assert returnee.last_wrote_at is None


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5000,
        "مرحبا كيف الحال",
        "🙂🙂🙂",
        "   ",
        "<b>{name}</b> & %s",
        "\u200f\u200e",
        "/nonsense",
    ],
)
async def test_p11_words_that_no_button_asked_for_are_answered_by_a_machine_that_says_so(
    phone: Phone, database: Database, text: str
) -> None:
    [menu] = await phone.write(text)

    assert "I am a machine and can't understand sentences" in menu.text
    assert menu.text.count("I am a machine") == 1
    assert menu.text.endswith("you reach them. What do you need?")
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Returnee)) == 0


def membership(phone: Phone, status: str, at: datetime) -> dict[str, Any]:
    bot = {"id": 42, "is_bot": True, "first_name": "Wayhome"}
    return {
        "chat": phone.message()["chat"],
        "from": phone.user,
        "date": int(at.timestamp()),
        "old_chat_member": {"status": "left", "user": bot},
        "new_chat_member": {"status": status, "user": bot, "until_date": 0},
    }


async def is_blocked(database: Database, phone: Phone) -> bool:
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    return returnee.blocked_at is not None


@pytest.mark.parametrize("heard", ["the block is off", "a message"])
@pytest.mark.parametrize("late", ["an update", "a send"])
async def test_what_tells_late_of_a_block_blocks_nobody_who_was_heard_of_since(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    clock: Clock,
    late: str,
    heard: str,
) -> None:
    await enrol(phone, await invite(database, organisation))
    clock.offset += timedelta(minutes=1)

    async def comes(status: str, at: datetime) -> None:
        """As the lanes bring it: however late, it tells of when it happened."""
        update = {"update_id": 7, "my_chat_member": membership(phone, status, at)}
        async with database.begin(SERVICE) as session:
            session.asked_at = sent_at(update) or session.now
            await look(session, Update.model_validate(update), phone.watch, Lexicons())

    async with database.begin(SERVICE) as session:
        person = await returnee_of_chat(session, phone.user_id)
        assert person is not None
        row = await tell(session, person, Notice.WORDS_ASKED)
        await session.flush()
        sent, began = Taken(row.id, 0), session.now
    await comes("kicked", began)
    assert await is_blocked(database, phone)

    clock.offset += timedelta(minutes=1)
    if heard == "a message":
        await phone.write("Hello")
    else:
        await comes("member", began + timedelta(seconds=30))
    assert not await is_blocked(database, phone)
    if late == "an update":
        await comes("kicked", began)
    else:
        async with database.begin(SERVICE) as session:
            await failed(session, sent, "blocked", blocked=True)
    assert not await is_blocked(database, phone)
    await comes("kicked", began + timedelta(minutes=2))
    assert await is_blocked(database, phone)


async def test_blocking_the_bot_is_noted_and_leads_to_nothing(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    bot = {"id": 42, "is_bot": True, "first_name": "Wayhome"}
    change = {
        "chat": phone.message()["chat"],
        "from": phone.user,
        "date": 1,
        "old_chat_member": {"status": "member", "user": bot},
        "new_chat_member": {"status": "kicked", "user": bot, "until_date": 0},
    }
    said = await phone.send(my_chat_member=change)

    assert said == []
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    assert returnee.blocked_at is not None
    await phone.send(my_chat_member=change | {"new_chat_member": {"status": "member", "user": bot}})
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    assert returnee.blocked_at is None


async def test_an_emergency_is_told_apart_from_a_case_of_somebody_else(
    phone: Phone, database: Database
) -> None:
    await phone.write(EMERGENCY)

    async with database.begin(SERVICE) as session:
        case = await session.scalar(select(Case))
        returnee = await session.scalar(select(Returnee))
    assert case is not None
    assert returnee is not None
    assert case.returnee_id == returnee.id


async def test_p1_what_no_machine_understands_is_not_dropped_in_silence(phone: Phone) -> None:
    [menu] = await phone.write(contact={"phone_number": "+355", "first_name": "Nobody"})

    assert "What do you need?" in menu.text


@pytest.mark.parametrize("before", ["nothing", "enrolled", "asked for somebody"])
async def test_p11_whoever_sends_a_place_hears_that_nobody_sees_it(
    phone: Phone, database: Database, organisation: Organisation, before: str
) -> None:
    if before != "nothing":
        await enrol(phone, await invite(database, organisation))
    if before == "asked for somebody":
        await phone.write("/help")
        await all_arrives(database)
    [told] = await phone.write(location=place(41.3))

    assert "nobody sees where you are" in told.text
    assert "call the emergency number" in told.text
    assert list(told.buttons) == ["A person, please"]
    assert await phone.write(location=place(41.4)) == []
    [asked] = await phone.press("A person, please")
    assert asked.notice == "help-asked"


@pytest.mark.parametrize("words", ["/sos", "/SOS", "/he_wants_to_kill_me", "/help_me_please"])
async def test_p1_an_unknown_command_is_read_like_a_word(phone: Phone, words: str) -> None:
    said = await phone.write(words)

    assert {"crisis", "help-offered", "help-asked"} & set(notices(said))


async def test_p1_an_unknown_command_lies_in_the_open_case(
    phone: Phone, database: Database
) -> None:
    await phone.write("/help")
    await phone.write("/aidez moi svp")

    assert [await said_in(database, each) for each in await kept(database)] == ["/aidez moi svp"]


@pytest.mark.parametrize("known", [False, True])
async def test_p1_what_is_written_behind_help_lies_in_the_case(
    phone: Phone, database: Database, organisation: Organisation, known: bool
) -> None:
    if known:
        await enrol(phone, await invite(database, organisation), answer="No")
    words = "/help the man from the bus is in my street"
    assert "help-asked" in notices(await phone.write(words))

    assert [await said_in(database, each) for each in await kept(database)] == [words]


@pytest.mark.parametrize("command", ["/hide", "/stop", "/services", "/checkin", "/language"])
async def test_p1_what_is_written_behind_any_command_lies_in_the_open_case(
    phone: Phone, database: Database, organisation: Organisation, command: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    words = f"{command} the man from the bus is in my street"
    await phone.write(words)
    await phone.write(command)

    assert [await said_in(database, each) for each in await kept(database)] == [words]


async def test_p1_a_cry_behind_help_lies_in_the_case_once(phone: Phone, database: Database) -> None:
    await phone.write("/help he wants to kill me")

    [message] = await kept(database)
    async with database.begin(SERVICE) as session:
        assert "earlier" not in await body_of(session, message)


async def said_in(database: Database, message: Message) -> str:
    async with database.begin(SERVICE) as session:
        return str((await body_of(session, message))["text"])
