"""What staff write in a case's topic, where the console would ask them something first."""

from datetime import time
from typing import Any

import pytest
from sqlalchemy import select

from dialogs.presses import ClaimCase, CloseCase
from domain.consent import give_consent
from domain.privacy.asking import ask_to_be_forgotten
from domain.profiles.wishing import change_place
from domain.returnees.wishes import Place
from domain.safeguarding.conflicts import keep_apart
from domain.safety.phones import pause
from domain.safety.window import Window, choose_window
from domain.staff import actor_of, add_staff
from storage.kinds import CaseEventKind, ConflictKind, Identity, Purpose, Role
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.organisations import Organisation
from storage.tables.returnees import Enrolment, Returnee
from storage.tables.staff import Staff
from tests.handlers.conftest import NewPhone
from tests.handlers.phone import Phone
from tests.handlers.staff import (
    GROUP,
    TOPIC,
    case_with_topic,
    claimed_with_topic,
    have_a_group,
    in_group,
    in_topic,
    staff_phone,
)

_IN_THE_CONSOLE = "This was not taken. Write it in the console instead."


@pytest.fixture(autouse=True)
async def staff_group(database: Database, organisation: Organisation) -> None:
    await have_a_group(database, organisation)


@pytest.fixture
async def holder(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> Phone:
    """Has claimed the only case, which has a topic."""
    worker = await staff_phone(new_phone, database, organisation)
    await claimed_with_topic(worker, phone)
    return worker


async def test_p8_words_that_name_a_place_that_is_not_safe_for_them_go_from_the_console_alone(
    holder: Phone, database: Database
) -> None:
    """The group is told neither that it is one, nor of whom."""
    async with database.begin(SERVICE) as session:
        person = (await session.scalars(select(Returnee))).one()
        await change_place(session, person, Place("AL", "0123456789ab", "Durrës"))
    [refusal] = await in_topic(holder, "Come to our office in Durrësi tomorrow")

    assert refusal.text == _IN_THE_CONSOLE
    assert (refusal.chat, refusal.content["thread"]) == (GROUP, TOPIC)
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Message)) is None
        assert (await session.scalars(select(Case))).one().first_action_at is None
    words, _ = await in_topic(holder, "Come to our office in Tirana tomorrow")
    assert "Tirana" in words.text


async def test_p14_a_note_from_a_topic_that_seems_to_say_who_somebody_is_is_not_kept(
    holder: Phone, database: Database
) -> None:
    """The console asks whether the work can do without."""
    [refusal] = await in_topic(holder, "// Her sister's number is +355 69 123 4567.")

    assert refusal.text == _IN_THE_CONSOLE
    async with database.begin(SERVICE) as session:
        kinds = await session.scalars(select(CaseEvent.kind))
        assert CaseEventKind.NOTE not in kinds.all()


@pytest.mark.parametrize("why", ["named", "unwanted", "forced"])
async def test_p8_why_words_may_not_go_to_somebody_is_never_said_in_the_group(
    holder: Phone, database: Database, why: str
) -> None:
    words = "Hello, I am here"
    async with database.begin(SERVICE) as session:
        person = (await session.scalars(select(Returnee))).one()
        if why == "named":
            words = f"Hello {await session.scalar(select(Enrolment.pseudonym))}"
        if why == "unwanted":
            await give_consent(session, person, Purpose.CASEWORKER, False, "notice-1")
        if why == "forced":
            person.identity = Identity.DOUBTED
            await ask_to_be_forgotten(session, person)
    [refusal] = await in_topic(holder, words)

    assert refusal.text == _IN_THE_CONSOLE
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Message)) is None


@pytest.mark.parametrize(
    "told",
    [
        {"forum_topic_closed": {}},
        {"forum_topic_edited": {"name": "Renamed"}},
        {
            "pinned_message": {
                "message_id": 1,
                "date": 1,
                "chat": {"id": GROUP, "type": "supergroup"},
            }
        },
    ],
)
async def test_what_telegram_itself_tells_of_a_topic_is_answered_by_nothing(
    holder: Phone, told: dict[str, Any]
) -> None:
    """Nobody has said anything that the person could have read."""
    assert await in_group(holder, message_thread_id=TOPIC, is_topic_message=True, **told) == []


async def test_p11_a_link_behind_a_word_is_not_lost_without_a_word(
    holder: Phone, database: Database
) -> None:
    """What the person would read is text alone."""
    linked = {"type": "text_link", "offset": 5, "length": 4, "url": "https://clinic.example/"}
    topic = {"message_thread_id": TOPIC, "is_topic_message": True}
    [refusal] = await in_group(holder, text="Read this here", entities=[linked], **topic)

    assert "Write its address out" in refusal.text
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Message)) is None


async def nobody_waits_for_words(database: Database, *, paused: bool) -> None:
    """What they wrote just now would ask for an answer in any case."""
    async with database.begin(SERVICE) as session:
        person = (await session.scalars(select(Returnee))).one()
        await choose_window(session, person.id, Window(opens=time(0), closes=time(0)))
        person.last_wrote_at = None
        if paused:
            pause(person)


@pytest.mark.parametrize(
    ("paused", "said"), [(True, "Your words wait, and"), (False, "Your words leave in a few")]
)
async def test_p11_nobody_is_told_in_a_topic_that_words_leave_soon_which_wait(
    holder: Phone, database: Database, paused: bool, said: str
) -> None:
    await nobody_waits_for_words(database, paused=paused)
    _, hint = await in_topic(holder, "Hello, I am here")

    assert said in hint.text
    assert "Take back" in hint.buttons
    assert "pause" not in hint.text


@pytest.mark.parametrize("paused", [True, False])
async def test_p11_whoever_closes_a_case_in_telegram_reads_whether_words_of_theirs_will_never_leave(
    holder: Phone, database: Database, paused: bool
) -> None:
    """Though they have written them just now, and nothing holds them yet."""
    await nobody_waits_for_words(database, paused=paused)
    await in_topic(holder, "Hello, I am here")
    async with database.begin(SERVICE) as session:
        case = (await session.scalars(select(Case))).one()
    [asked] = await holder.press_data(CloseCase(code=case.code).pack())

    assert "how did it end?" in asked.text
    assert ("never will once the case is closed" in asked.text) is paused


async def test_p10_whoever_claims_after_somebody_is_kept_apart_is_sent_to_no_topic_that_went(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    """Which it was is remembered, so that nothing goes from it; what stood in it is deleted."""
    worker = await staff_phone(new_phone, database, organisation)
    case = await case_with_topic(phone, database)
    async with database.begin(SERVICE) as session:
        lead = await add_staff(session, "Mira", organisation, Role.SAFEGUARDING)
        kept = await add_staff(session, "Ben", organisation, Role.CASEWORKER)
        keeper = actor_of(await session.get_one(Staff, lead.id))
        await keep_apart(session, keeper, case.returnee_id, kept.id, ConflictKind.COMPLAINT)
    [claimed] = await worker.press_data(ClaimCase(code=case.code).pack())

    assert "write to the person in the console" in claimed.text
    assert "topic" not in claimed.text
