"""Who is there, as the phone sees it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.identity.agreed_words import agree_on_words, ask_for_words
from domain.messages.recent_words import said_before
from domain.messages.sealing import body_of
from domain.returnees.asked_words import question_came
from domain.returnees.phone import LONG_SILENCE, who_is_there
from domain.staff import actor_of, add_staff
from storage.kinds import Identity, MessageKind, Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Message
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import AgreedWords, Returnee
from storage.tables.staff import Staff
from tests.documents import content_of
from tests.handlers.cries import (
    heard,
    texts,
    words_from_a_caseworker,
    workers_words_as_shown,
)
from tests.handlers.enrolling import enrol, invite, returnee_on
from tests.handlers.forms import goes_on_to_the_words, kept
from tests.handlers.phone import Phone
from tests.handlers.stop_words import WORD

PHOTO = {"file_id": "key", "file_unique_id": "key", "width": 1, "height": 1}


async def asked(phone: Phone, database: Database, organisation: Organisation) -> None:
    """A worker agrees on two words with whoever holds the phone, and asks for them."""
    person = await returnee_on(database, phone)
    assert person is not None
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, Role.CASEWORKER)
        actor = actor_of(await session.get_one(Staff, new.id))
        await agree_on_words(session, actor, person.id, "lantern", "river")
        await ask_for_words(session, actor, person.id)
        await session.flush()
        await question_came(session, [person.id])


async def is_known_as(database: Database, phone: Phone) -> Identity:
    person = await returnee_on(database, phone)
    assert person is not None
    return person.identity


async def test_p13_right_and_wrong_words_are_answered_alike_and_right_ones_are_kept_nowhere(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="Sometimes others")
    await phone.write("/help")
    answers = []
    for words, identity in (
        ("river lantern", Identity.CONFIRMED),
        ("river boat", Identity.DOUBTED),
    ):
        await asked(phone, database, organisation)
        message = phone.message(text=words)
        said = await phone.send(message=message)
        mine = [each for each in said if each.chat == phone.user_id]
        answers.append([each.text for each in mine if "delete" not in each.content])
        [gone] = [each.content["delete"] for each in mine if "delete" in each.content]
        assert gone == [message["message_id"]], "whoever takes the phone next reads it"
        assert await is_known_as(database, phone) is identity

    assert answers == [["Thank you."]] * 2
    async with database.begin(SERVICE) as session:
        [kept] = await session.scalars(select(Message))
        assert (await body_of(session, kept))["text"] == "… boat", "half of it was right"


async def writes_them(phone: Phone, clock: Clock, how: str) -> dict[str, Any]:
    """Both words, and not as the first answer in time. Returns the message that holds them."""
    if how in ("a second try", "an edit"):
        wrong = phone.message(text="boat harbour")
        await phone.send(message=wrong)
        if how == "an edit":
            edited = wrong | {"text": "River lantern", "edit_date": 2}
            await phone.send(edited_message=edited)
            return edited
    if how == "too late":
        clock.offset += timedelta(hours=25)
    words = {
        "a sentence": "You asked me:\nmy words are River,lantern.",
        "behind /help": "/help river lantern",
        "below a picture": "I told them RIVER and then lantern to you",
    }
    text = words.get(how, "river lantern")
    picture = {"photo": [PHOTO], "caption": text}
    message = phone.message(**(picture if how == "below a picture" else {"text": text}))
    if how == "given up":
        async with phone.database.begin(SERVICE) as session:
            raw = {"update_id": 99, "message": message}
            await phone.handling.give_up(session, raw, watched=False, deadly=False)
    else:
        await phone.send(message=message)
    return message


@pytest.mark.parametrize(
    "how",
    [
        "a sentence",
        "a second try",
        "an edit",
        "too late",
        "behind /help",
        "below a picture",
        "given up",
    ],
)
async def test_p13_both_words_are_for_nobody_to_read_however_they_are_written(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock, how: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await asked(phone, database, organisation)
    message = await writes_them(phone, clock, how)

    said = " ".join(text or "" for text in await texts(database)).casefold()
    assert "river" not in said
    assert "lantern" not in said
    if how == "a sentence":
        assert said == "you asked me:\nmy words are …"
    async with database.begin(SERVICE) as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.content.is_not(None)))
        gone = [content_of(row, session.keys).get("delete") for row in rows]
    assert [message["message_id"]] in gone, "whoever takes the phone next reads it"


@pytest.mark.parametrize("how", ["the answer", "a sentence", "an edit", "too late"])
async def test_p13_both_words_are_not_among_those_that_are_read_with_the_next(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock, how: str
) -> None:
    """A backup may be taken any minute."""
    await enrol(phone, await invite(database, organisation))
    await asked(phone, database, organisation)
    await writes_them(phone, clock, how)

    async with database.begin(SERVICE) as session:
        [*_, newest] = await said_before(session, phone.user_id, 1000)
    assert "river" not in newest.casefold()
    assert "lantern" not in newest.casefold()


async def test_p13_words_that_were_asked_for_long_ago_or_one_of_them_are_words_like_any(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await asked(phone, database, organisation)
    await phone.write("I have been standing at the river since this morning")
    clock.offset += timedelta(days=20)
    await phone.write("Where is the lantern that I lost at the river on Monday?")

    assert await texts(database) == [
        "I have been standing at the river since this morning",
        "Where is the lantern that I lost at the river on Monday?",
    ]


async def test_p13_right_words_are_known_in_the_midst_of_confiding_and_wrong_ones_are_confided(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Vera", organisation, Role.SAFEGUARDING)
        keeper = await session.get_one(Staff, new.id)
    await enrol(phone, await invite(database, organisation))
    await asked(phone, database, organisation)
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    await phone.write("he shouts")
    assert await is_known_as(database, phone) is Identity.UNCONFIRMED
    await phone.write("river lantern")

    assert await is_known_as(database, phone) is Identity.CONFIRMED
    assert await heard(database, keeper) == [["he shouts"]]


@pytest.mark.parametrize("words", [WORD, "river lantern"])
async def test_p13_what_a_window_waits_for_is_no_wrong_answer_and_the_right_one_is_an_answer(
    phone: Phone, database: Database, organisation: Organisation, words: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await asked(phone, database, organisation)
    await phone.write("/safety")
    await phone.press("Stop word")
    await phone.press("Choose a word")
    await phone.press("1")
    said = await phone.write(words)

    assert await texts(database) == []
    if words == WORD:
        assert "send it once more" in said[-1].text
        assert await is_known_as(database, phone) is Identity.UNCONFIRMED
    else:
        assert await is_known_as(database, phone) is Identity.CONFIRMED


async def test_p13_in_a_frozen_chat_both_words_are_for_nobody_to_read_and_prove_nothing(
    ready: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(ready, database, organisation)
    await ready.write(WORD)
    await ready.write("river lantern")

    assert await texts(database) == ["… …"]
    assert await is_known_as(database, ready) is Identity.DOUBTED


async def test_p13_both_words_as_the_answer_of_a_check_in_are_for_nobody_to_read(
    phone_with_form: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(phone_with_form, database, organisation)
    await goes_on_to_the_words(phone_with_form)
    await phone_with_form.write("my two words are river and lantern")

    assert (await kept(database))["words"] == "my two words are … and …"


async def test_words_that_no_key_opens_any_more_keep_no_message_from_being_kept(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await asked(phone, database, organisation)
    async with database.begin(SERVICE) as session:
        (await session.scalars(select(AgreedWords))).one().words = b"damaged"
    await phone.write("the man from the bus is in my street")

    assert await texts(database) == ["the man from the bus is in my street"]


async def test_a_wrong_answer_keeps_what_it_quotes_and_no_right_word(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await asked(phone, database, organisation)
    await phone.write("river boat", quote={"text": "Go to the river", "position": 0})

    async with database.begin(SERVICE) as session:
        [kept] = await session.scalars(select(Message))
        assert (await body_of(session, kept))["text"] == "… boat\n> … Go to the …"


async def test_p13_right_words_below_a_picture_are_kept_nowhere_and_the_picture_is(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await asked(phone, database, organisation)
    message = phone.message(photo=[PHOTO], caption="river lantern")
    said = await phone.send(message=message)

    mine = [each for each in said if each.chat == phone.user_id]
    [gone] = [each.content["delete"] for each in mine if "delete" in each.content]
    assert gone == [message["message_id"]]
    assert await is_known_as(database, phone) is Identity.CONFIRMED
    async with database.begin(SERVICE) as session:
        [kept] = await session.scalars(select(Message))
        body = await body_of(session, kept)
    assert (kept.kind, body["file_id"], body.get("text")) == (MessageKind.PHOTO, "key", None)
    assert kept.listen_by is not None


async def test_what_a_picture_is_called_is_no_wrong_answer(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await asked(phone, database, organisation)
    await phone.write(photo=[PHOTO], caption="my new papers")
    assert await is_known_as(database, phone) is Identity.UNCONFIRMED

    await phone.write("river lantern")
    assert await is_known_as(database, phone) is Identity.CONFIRMED


async def is_put_right(phone: Phone) -> None:
    wrote = phone.message(text="I")
    await phone.send(message=wrote)
    await phone.send(edited_message=wrote | {"text": "I come tomorrow", "edit_date": 2})


async def is_passed_on(phone: Phone) -> None:
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "Lena"}
    await phone.write("are you home", forward_origin=origin)


async def answers_a_worker(phone: Phone) -> None:
    older = await workers_words_as_shown(phone)
    await phone.write("yes it is", reply_to_message=older)


async def answers_themselves(phone: Phone) -> None:
    mine = phone.message(text="The bus to the office was late today")
    await phone.send(message=mine)
    await phone.write("by one hour", reply_to_message=mine)


async def says_thanks(phone: Phone) -> None:
    await phone.write("Choukran bzaf 🙏")


@pytest.mark.parametrize(
    "writes", [is_put_right, is_passed_on, answers_a_worker, answers_themselves, says_thanks]
)
async def test_p13_what_was_written_for_something_else_is_no_wrong_answer(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    writes: Callable[[Phone], Awaitable[None]],
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await words_from_a_caseworker(database, organisation)
    await asked(phone, database, organisation)
    await writes(phone)
    assert await is_known_as(database, phone) is Identity.UNCONFIRMED

    await phone.write("river lantern")
    assert await is_known_as(database, phone) is Identity.CONFIRMED


async def test_p13_nobody_guesses_the_words_by_changing_what_stands_there(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    """Since no wrong try counts there, no right one does."""
    await enrol(phone, await invite(database, organisation))
    await asked(phone, database, organisation)
    wrote = phone.message(text="I")
    await phone.send(message=wrote)
    for date, guess in enumerate(("lantern river boat", "river lantern"), start=2):
        await phone.send(edited_message=wrote | {"text": guess, "edit_date": date})

    assert await is_known_as(database, phone) is Identity.UNCONFIRMED


async def test_p13_whoever_takes_the_block_off_is_in_doubt(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    for status in ("kicked", "member"):
        user = {"id": 42, "is_bot": True, "first_name": "W"}
        await phone.send(
            my_chat_member={
                "chat": {"id": phone.user_id, "type": "private"},
                "from": phone.user,
                "date": 1,
                "old_chat_member": {"user": user, "status": "left"},
                "new_chat_member": {"user": user, "status": status, "until_date": 0},
            }
        )
    person = await returnee_on(database, phone)
    assert person is not None
    assert (person.identity, person.blocked_at) == (Identity.DOUBTED, None)


async def test_p13_whoever_writes_after_a_long_silence_is_in_doubt(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await enrol(phone, await invite(database, organisation))
    person = await returnee_on(database, phone)
    assert person is not None
    async with database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        known.identity, known.confirmed_at = Identity.CONFIRMED, session.now
    clock.offset += LONG_SILENCE + timedelta(days=1)
    await phone.write("Hello, it is me again")

    async with database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        assert known.identity is Identity.DOUBTED
        assert who_is_there(known, session.now) is Identity.DOUBTED
