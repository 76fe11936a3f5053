"""The stop word on the phone: chosen, rehearsed, refused, and used."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from domain.messages.sealing import body_of
from domain.returnees.chats import know_returnees
from domain.safety.outgoing import is_harmless
from domain.stop_word.choosing import is_stop_word
from storage.kinds import Identity, MessageKind, OutboxState, Severity
from storage.outbox.letters import content_of
from storage.sessions import SERVICE, Clock, Database
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, Safety
from storage.tables.safeguarding import ComplaintMessage
from storage.tables.traces import Trace
from tests.handlers.cries import EMERGENCY, all_arrives, cases, kept, notices
from tests.handlers.enrolling import enrol, invite, known_on
from tests.handlers.phone import ROW, Phone
from tests.handlers.stop_words import GREETING, REVEALING, WORD, chooses
from tests.statements import caught


async def safety(database: Database) -> Safety:
    async with database.begin(SERVICE) as session:
        return (await session.scalars(select(Safety))).one()


async def test_a_word_is_typed_twice_and_rehearsed_and_nothing_is_frozen(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    said = await chooses(phone, pair="3")

    [rehearsal] = [each for each in said if each.text]
    assert "That was the rehearsal" in rehearsal.text
    assert GREETING in rehearsal.text
    assert "Thank you for your visit." in rehearsal.text
    person = await known_on(database, phone)
    assert person.frozen_at is None
    assert await cases(database) == []
    assert (await safety(database)).stop_signs == "visit"
    async with database.begin(SERVICE) as session:
        assert await is_stop_word(session, person, WORD)


async def test_p7_the_word_is_off_the_screen_at_once_and_lies_nowhere(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await phone.write("It is about my papers")
    said = [*await chooses(phone)]

    assert [each.content["delete"] for each in said if "delete" in each.content]
    async with database.begin(SERVICE) as session:
        bodies = [await body_of(session, message) for message in await kept(database)]
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.content.is_not(None)))
        on_the_way = [str(content_of(row, session.keys)) for row in rows]
    assert [body["text"] for body in bodies] == ["It is about my papers"]
    assert not any("avender" in words for words in on_the_way)


async def test_words_that_are_too_short_or_too_ordinary_are_refused_with_a_sentence(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/safety")
    await phone.press("Stop word")
    await phone.press("Choose a word")
    await phone.press("1")
    [short] = await phone.write("olive")
    [ordinary] = await phone.write("good morning")
    [pictures] = await phone.write("😂😂❤️")
    [long] = await phone.write("elephant " * 4)
    [longer] = await phone.write("ü🐢ل" * 1700)
    await phone.write("Lavender teapot")
    [other] = await phone.write("Purple teapot")

    assert "too short" in short.text
    assert "ordinary day" in ordinary.text
    assert "too short" in pictures.text
    assert "too long" in long.text
    assert "too long" in longer.text
    assert "another word" in other.text
    assert (await safety(database)).stop_word is None


@pytest.mark.parametrize("window", ["about", "signs"])
async def test_whoever_sends_their_word_too_early_goes_on_from_there_for_ten_minutes(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock, window: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/safety")
    await phone.press("Stop word")
    if window == "signs":
        await phone.press("Choose a word")
    [again] = await phone.write(WORD)
    assert again.text.startswith("I am a machine")
    assert ("1" if window == "signs" else "Choose a word") in again.buttons
    clock.offset += timedelta(minutes=11)
    [menu] = await phone.write("Hello")

    assert "🔎 Find help near you" in menu.buttons


async def test_a_cry_for_help_is_none_while_a_word_is_asked_for(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/safety")
    await phone.press("Stop word")
    await phone.press("Choose a word")
    await phone.press("1")
    said = await phone.write(EMERGENCY)

    assert notices(said) == ["crisis"]
    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY


@pytest.mark.parametrize(
    "sent", [WORD, "LAVENDER TEAPOT!!", "lavnder  teapot 🙂", "lavender teapott"]
)
async def test_p4_the_word_empties_the_chat_and_alerts_unseen(
    ready: Phone, database: Database, sent: str
) -> None:
    said = await ready.write(sent)

    frozen, vanishing = said
    assert vanishing.content["vanish"] is True
    assert (frozen.text, frozen.content["params"]) == (GREETING, {"hide": True})
    assert list(frozen.buttons) == ["Places"]
    [case] = await cases(database)
    assert case.severity is Severity.URGENT
    assert case.alerts_sent == 1
    person = await known_on(database, ready)
    assert person.frozen_at is not None
    assert person.identity is Identity.DOUBTED
    assert await kept(database) == []
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count(Trace.id))) == 1


async def test_a_word_that_is_written_by_editing_freezes_too(
    ready: Phone, database: Database
) -> None:
    said = await ready.send(edited_message=ready.message(text=WORD, edit_date=2))

    assert notices(said) == ["frozen"]
    assert (await known_on(database, ready)).frozen_at is not None


@pytest.mark.parametrize(("how", "dated"), [("message", {}), ("edited_message", {"edit_date": 2})])
async def test_p1_below_a_picture_it_freezes_too_and_a_human_sees_the_picture_without_the_word(
    ready: Phone, database: Database, how: str, dated: dict[str, int]
) -> None:
    photo = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
    said = await ready.send(**{how: ready.message(photo=[photo], caption=WORD, **dated)})

    assert notices(said) == ["frozen"]
    assert (await known_on(database, ready)).frozen_at is not None
    [message] = await kept(database)
    assert (message.kind, message.listen_by is not None) == (MessageKind.PHOTO, True)
    async with database.begin(SERVICE) as session:
        assert "text" not in await body_of(session, message)


async def test_p7_below_a_picture_for_safeguarding_the_word_is_kept_nowhere_either(
    ready: Phone, database: Database
) -> None:
    await ready.write("/help")
    await ready.press("About somebody who helps me")
    photo = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
    await ready.write(photo=[photo], caption=WORD)

    assert await kept(database) == []
    async with database.begin(SERVICE) as session:
        [told] = await session.scalars(select(ComplaintMessage))
        assert told.kind is MessageKind.PHOTO
        assert "text" not in await body_of(session, told)


async def test_sent_again_it_empties_the_chat_again_and_there_is_one_case(
    ready: Phone, database: Database
) -> None:
    await ready.write(WORD)
    first = (await known_on(database, ready)).frozen_at
    await all_arrives(database)
    said = await ready.write(WORD)

    assert notices(said) == ["frozen"]
    assert len(await cases(database)) == 1
    assert (await known_on(database, ready)).frozen_at == first


async def test_p4_what_was_on_its_way_stays_off_the_screen(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await chooses(phone)
    await phone.write("/help")
    await phone.write(WORD)

    async with database.begin(SERVICE) as session:
        rows = await session.scalars(
            select(OutboxRow).where(OutboxRow.state == OutboxState.WAITING)
        )
        contents = [content_of(row, session.keys) for row in rows]
    assert contents
    assert all(is_harmless(content) for content in contents)


async def test_on_a_watched_phone_choosing_a_word_says_nothing_and_shows_no_word(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    first = [*await phone.write("/safety"), *await phone.press("A word"), *await phone.tap(ROW)]
    chosen = await chooses(phone)
    second = [*await phone.write("/safety"), *await phone.press("A word")]

    assert first[-1].text == second[-1].text
    for said in [*first, *chosen]:
        assert not REVEALING.search(said.text)
    assert not any("no stop word" in label for label in second[-1].buttons)


async def test_who_has_no_word_freezes_by_none(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await chooses(phone)
    await phone.write("/safety")
    await phone.press("Stop word")
    await phone.press("I want no stop word")
    await phone.write(WORD)

    assert (await known_on(database, phone)).frozen_at is None


async def test_looking_for_a_word_asks_the_database_nothing_more(
    ready: Phone, database: Database
) -> None:
    async with database.begin(SERVICE) as session:
        await know_returnees(session, [ready.user_id])
        person = await session.scalar(select(Returnee))
        assert person is not None
        with caught(database) as asked:
            assert not await is_stop_word(session, person, "Hello, how are you?")
            assert await is_stop_word(session, person, WORD)
    assert asked == []
