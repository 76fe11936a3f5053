"""Who is there, as the phone sees it."""

from datetime import timedelta

from sqlalchemy import select

from domain.identity.agreed_words import agree_on_words, ask_for_words
from domain.messages.sealing import body_of
from domain.returnees.phone import LONG_SILENCE, who_is_there
from domain.staff import actor_of, add_staff
from storage.kinds import Identity, MessageKind, Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Message
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.handlers.enrolling import enrol, invite, returnee_on
from tests.handlers.phone import Phone

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


async def test_a_wrong_answer_keeps_what_it_quotes_and_no_right_word(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await asked(phone, database, organisation)
    await phone.write("river boat", quote={"text": "Go to the river", "position": 0})

    async with database.begin(SERVICE) as session:
        [kept] = await session.scalars(select(Message))
        assert (await body_of(session, kept))["text"] == "… boat > … Go to the …"


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
