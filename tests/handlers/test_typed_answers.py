"""What somebody types into an imported form: words, worries, halves and edits."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.delivery.packing import Packing
from dialogs.presses import CorrectWords
from domain.casework.work import write
from domain.identity.agreed_words import agree_on_words, ask_for_words
from domain.notices import Notice
from domain.replies.sending import Conditions
from domain.returnees.asked_words import is_asked, question_came
from domain.returnees.chats import returnee_of_chat
from domain.returnees.keys import data_key
from domain.signals.opening import open_or_append
from domain.staff import actor_of, add_staff
from storage.kinds import Identity, OutboxState, Role, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, Message
from storage.tables.check_ins import Answer
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.staff import Staff
from tests.clock import MORNING, set_clock
from tests.dialogs.revealing import CATALOGUES
from tests.handlers.cries import (
    all_arrives,
    texts,
    words_from_a_caseworker,
    workers_words_as_shown,
)
from tests.handlers.enrolling import known_on
from tests.handlers.forms import asked, goes_on_to_the_words, kept
from tests.handlers.phone import Phone


async def test_words_answer_only_the_question_that_was_the_last_thing_said(
    phone_with_form: Phone, database: Database
) -> None:
    phone = phone_with_form
    await phone.press("Continue")
    await phone.press("Yes")
    await phone.press("⬜ School")
    await phone.press("Continue")
    await phone.write("/services")
    await phone.write("4")
    assert "children" not in await kept(database)
    [again] = await phone.write("/checkin")
    assert "How many children?" in again.text
    said = await phone.write("4")
    assert (await kept(database)).get("children") == "4", [(s.notice, s.text) for s in said]


async def test_all_that_fits_into_one_message_is_taken_as_an_answer(
    phone_with_form: Phone, database: Database
) -> None:
    phone = phone_with_form
    await goes_on_to_the_words(phone)
    long = "The bus was late and it was warm. " * 119
    said = await phone.write(long)

    assert "Thank you" in said[-1].text
    assert (await kept(database))["words"] == long.strip()


DIARY = """
| survey |
| | type | name | label::English (en) |
| | text | week | How was the week? |
| | integer | nights | For how many nights do you have a place? |
| | text | more | What else? |
| settings |
| | form_title | form_id | default_language |
| | First days | first-days | English (en) |
"""

WEEK = """
| survey |
| | type | name | label::English (en) |
| | text | week | How was the week? |
"""
YES_OR_NO = """
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| settings |
| | form_title | form_id | default_language |
| | First days | first-days | English (en) |
"""


async def test_what_a_client_cuts_in_two_is_one_answer_and_the_next_question_is_asked_again(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    """Telegram's apps send what is longer than a message as two, at once."""
    await asked(phone, database, organisation, DIARY)
    await phone.write("/checkin")
    begins, goes_on = "The bus was late and it was warm. " * 115, "So I walked. " * 5
    [nights] = await phone.write(begins)
    [again] = await phone.write(goes_on)

    assert again.text == nights.text
    assert await kept(database) == {"week": f"{begins.strip()}\n{goes_on.strip()}"}
    clock.offset += timedelta(seconds=10)
    await phone.write("12")
    assert (await kept(database))["nights"] == "12"

    [thanks] = await phone.write(begins)
    [thanked_again] = await phone.write(goes_on)
    assert thanked_again.text == thanks.text
    assert (await kept(database))["more"] == f"{begins.strip()}\n{goes_on.strip()}"


async def test_whoever_has_read_the_next_question_answers_that_one(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await asked(phone, database, organisation, DIARY)
    await phone.write("/checkin")
    long = "The bus was late and it was warm. " * 115
    await phone.write(long)
    clock.offset += timedelta(seconds=10)
    await phone.write("12")

    assert await kept(database) == {"week": long.strip(), "nights": "12"}


async def test_a_worry_typed_as_an_answer_is_heard_and_is_the_answer(
    phone_with_form: Phone, database: Database
) -> None:
    phone = phone_with_form
    await goes_on_to_the_words(phone)
    said = await phone.write("I have no money and nothing to eat")

    assert "Thank you" in said[-1].text
    assert (await kept(database))["words"] == "I have no money and nothing to eat"
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Case))).one().severity is Severity.CONCERN


@pytest.mark.parametrize("next_one", ["text | more | What else?", "select_one yn | sleep | Sleep?"])
async def test_a_worry_in_the_rest_of_a_long_answer_is_heard_and_is_part_of_it(
    phone: Phone, database: Database, organisation: Organisation, next_one: str
) -> None:
    """Whatever is asked next: in words, or with buttons."""
    await asked(phone, database, organisation, f"{WEEK}| | {next_one} |\n{YES_OR_NO}")
    await phone.write("/checkin")
    begins, worry = "The bus was late and it was warm. " * 115, "I have nothing to eat"
    [following] = await phone.write(begins)
    said = await phone.write(worry)

    assert said[-1].text == following.text
    assert await kept(database) == {"week": f"{begins.strip()}\n{worry}"}
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Case))).one().severity is Severity.CONCERN


@pytest.mark.parametrize("before", [[], ["It was warm"]])
@pytest.mark.parametrize("age", ["I am 15", "eimai 14"])
async def test_p1_a_child_who_says_their_age_is_heard_whatever_question_waits_for_words(
    phone: Phone, database: Database, organisation: Organisation, before: list[str], age: str
) -> None:
    """One that takes any words, and one that takes a number."""
    await asked(phone, database, organisation, DIARY)
    await phone.write("/checkin")
    for answer in before:
        await phone.write(answer)
    [said] = await phone.write(age)

    assert said.notice == Notice.CHILD_HEARD
    assert age not in (await kept(database)).values()
    assert (await known_on(database, phone)).said_child_at is not None
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Case))).one().severity is Severity.URGENT


async def test_p13_a_short_answer_is_not_taken_for_the_words_by_which_they_are_known(
    phone_with_form: Phone, database: Database, organisation: Organisation
) -> None:
    """A worker asked who is there; the person answers what the check-in asked last."""
    phone = phone_with_form
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Vera", organisation, Role.CASEWORKER)
        vera = actor_of(await session.get_one(Staff, new.id))
        returnee = await returnee_of_chat(session, phone.user_id)
        assert returnee is not None
        await agree_on_words(session, vera, returnee.id, "lemon", "bridge")
        await ask_for_words(session, vera, returnee.id)
        await session.flush()
        await question_came(session, [returnee.id])
    await goes_on_to_the_words(phone)
    said = await phone.write("nothing else")

    assert "Thank you" in said[-1].text
    assert (await kept(database))["words"] == "nothing else"
    async with database.begin(SERVICE) as session:
        returnee = await returnee_of_chat(session, phone.user_id)
        assert returnee is not None
        assert returnee.identity is not Identity.DOUBTED
        assert is_asked(session, returnee)


async def test_an_answer_is_no_correction_of_what_was_written_before(
    phone_with_form: Phone, database: Database, organisation: Organisation
) -> None:
    phone = phone_with_form
    async with database.begin(SERVICE) as session:
        returnee = await returnee_of_chat(session, phone.user_id)
        assert returnee is not None
        returnee.identity, returnee.confirmed_at = Identity.CONFIRMED, session.now
        await open_or_append(session, returnee, organisation.id, Severity.CONCERN, ["money"])
    await phone.write("My papers are lost")
    async with database.begin(SERVICE) as session:
        [message] = await session.scalars(select(Message))
    await phone.press_data(CorrectWords(message=message.id).pack())
    await phone.write("/checkin")
    await phone.press("Continue")
    await phone.press("Yes")
    await phone.press("⬜ School")
    await phone.press("Continue")
    await phone.write("3")

    assert (await kept(database))["children"] == "3"


async def test_what_is_asked_after_a_long_answer_fits_into_a_message_that_names_it(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    """Telegram takes no longer one, and whoever answered would hear nothing more."""
    diary = DIARY.replace("For how many nights", "You wrote: ${week} For how many nights")
    await asked(phone, database, organisation, diary)
    await phone.write("/checkin")
    [nights] = await phone.write("The bus was late & it was warm. " * 127)

    assert "You wrote: The bus was late" in nights.text
    assert "For how many nights" in nights.text
    assert len(nights.text) < 4096


async def test_an_answer_is_put_right_by_an_edit_of_its_message(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await asked(phone, database, organisation, DIARY)
    await phone.write("/checkin")
    await phone.write("It was warm")
    nights = phone.message(text="1")
    await phone.send(message=nights)
    assert await phone.send(edited_message=nights | {"text": "10", "edit_date": 100}) == []
    assert (await kept(database))["nights"] == "10"

    # What was asked last is still what words answer.
    [thanks] = await phone.write("Nothing")
    assert "Thank you" in thanks.text
    clock.offset += timedelta(minutes=5)
    [again] = await phone.send(edited_message=nights | {"text": "ten", "edit_date": 200})
    assert "whole number" in again.text
    assert "For how many nights" in again.text
    await phone.write("11")
    assert await kept(database) == {"week": "It was warm", "nights": "11", "more": "Nothing"}


@pytest.mark.parametrize("edited", [0, 1])
async def test_an_answer_in_two_messages_is_put_right_by_an_edit_of_either(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock, edited: int
) -> None:
    await asked(phone, database, organisation, DIARY)
    await phone.write("/checkin")
    said = ["The bus was late and it was warm. " * 115, "So I walked."]
    messages = [phone.message(text=words) for words in said]
    for message in messages:
        await phone.send(message=message)
    clock.offset += timedelta(minutes=5)
    said[edited] = "It was cold."
    changed = messages[edited] | {"text": said[edited], "edit_date": 100}

    assert await phone.send(edited_message=changed) == []
    assert await kept(database) == {"week": "\n".join(map(str.strip, said))}


async def test_an_answer_that_an_earlier_release_kept_is_put_right_by_an_edit(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(phone, database, organisation, DIARY)
    await phone.write("/checkin")
    week = phone.message(text="It was warm")
    await phone.send(message=week)
    async with database.begin(SERVICE) as session:
        answer = (await session.scalars(select(Answer))).one()
        key = await data_key(session, answer.returnee_id)
        earlier = {"choice": "It was warm", "number": week["message_id"]}
        answer.body = key.seal(json.dumps(earlier), "answer")
    await phone.send(edited_message=week | {"text": "It was cold", "edit_date": 100})

    assert await kept(database) == {"week": "It was cold"}


async def test_p1_a_worry_that_comes_by_an_edit_of_an_answer_is_heard(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    bands = "| bands |\n| | scale | from | to | label::English (en) | severity |"
    diary = f"{DIARY}{bands}\n| | nights | 0 | 2 | Few | urgent |"
    await asked(phone, database, organisation, diary)
    await phone.write("/checkin")
    await phone.write("It was warm")
    nights = phone.message(text="10")
    await phone.send(message=nights)
    await phone.send(edited_message=nights | {"text": "1", "edit_date": 100})

    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Case))).one().severity is Severity.URGENT


async def test_a_place_that_moves_closes_no_question(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(phone, database, organisation, DIARY)
    place = phone.message() | {"location": {"latitude": 41.3, "longitude": 19.8}}
    await phone.send(message=place)
    await phone.write("/checkin")
    moved = {"location": {"latitude": 41.4, "longitude": 19.8}, "edit_date": 100}
    await phone.send(edited_message=place | moved)
    await phone.write("It was warm")

    assert await kept(database) == {"week": "It was warm"}


@pytest.fixture
async def in_a_talk(
    phone_with_form: Phone, database: Database, organisation: Organisation
) -> Phone:
    """A worker and the person have written to each other; the form is begun."""
    await phone_with_form.write("/help")
    await words_from_a_caseworker(database, organisation)
    await all_arrives(database)
    return phone_with_form


async def plans_words(database: Database) -> UUID:
    """The worker, for later. Returns their row in the outbox."""
    async with database.begin(SERVICE) as session:
        worker = actor_of((await session.scalars(select(Staff))).one())
        case = (await session.scalars(select(Case))).one()
        how = Conditions(later=session.now + timedelta(hours=6))
        message = await write(session, worker, case.id, "How are you today?", how)
    assert message.outbox_id is not None
    return message.outbox_id


async def test_p3_words_for_later_keep_no_question_from_being_answered(
    in_a_talk: Phone, database: Database
) -> None:
    await in_a_talk.write("/checkin")
    await goes_on_to_the_words(in_a_talk)
    await plans_words(database)
    said = await in_a_talk.write("A doctor")

    assert "Thank you" in said[-1].text
    assert (await kept(database))["words"] == "A doctor"


@pytest.mark.parametrize("order", ["below", "above"])
async def test_what_answers_a_humans_words_that_came_below_a_question_is_no_answer_to_that(
    in_a_talk: Phone, database: Database, clock: Clock, order: str
) -> None:
    """Where the question still waits behind them, it comes last, and is meant."""
    set_clock(clock, MORNING)
    planned = await plans_words(database)
    await in_a_talk.write("/checkin")
    await goes_on_to_the_words(in_a_talk)
    if order == "below":
        await all_arrives(database)
    clock.offset += timedelta(hours=6)
    async with database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, planned)
        row.state = OutboxState.WAITING
        await session.flush()
        packing = await Packing.of(session, CATALOGUES, [row])
        assert await packing.pack(packing.rows[0]) is not None
    await in_a_talk.write("Not so well")

    assert ("words" in await kept(database)) is (order == "above")


async def test_words_that_answer_a_worker_are_no_answer_to_the_question_below(
    in_a_talk: Phone, database: Database
) -> None:
    """However long ago they came: the gesture says what it is about."""
    older = await workers_words_as_shown(in_a_talk)
    await in_a_talk.write("/checkin")
    await goes_on_to_the_words(in_a_talk)
    await in_a_talk.write("Yes, alone", reply_to_message=older)
    assert "words" not in await kept(database)
    assert "Yes, alone" in await texts(database)

    await in_a_talk.write("It was warm")
    assert (await kept(database))["words"] == "It was warm"
