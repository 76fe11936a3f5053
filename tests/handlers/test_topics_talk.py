"""What is written in a case's topic, and for whom it is."""

from typing import Any

import pytest
from sqlalchemy import select

from storage.kinds import CaseEventKind
from storage.sessions import SERVICE, Database
from storage.tables.cases import CaseEvent, Message
from storage.tables.organisations import Organisation
from tests.handlers.conftest import NewPhone
from tests.handlers.phone import OURS, Phone
from tests.handlers.staff import (
    TOPIC,
    claimed_with_topic,
    have_a_group,
    in_group,
    in_topic,
    staff_phone,
)


@pytest.fixture(autouse=True)
async def staff_group(database: Database, organisation: Organisation) -> None:
    await have_a_group(database, organisation)


_COLLEAGUE = {"id": 99, "is_bot": False, "first_name": "Ana"}
_OF_ANOTHER = {"type": "hidden_user", "date": 1, "sender_user_name": "Her mother"}


@pytest.mark.parametrize("how", ["answered", "forwarded"])
async def test_p8_what_is_said_among_colleagues_in_a_topic_goes_to_no_phone(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation, how: str
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await claimed_with_topic(worker, phone)
    theirs = worker.message(text="// Where does she sleep?") | {"from": _COLLEAGUE}
    said = {"reply_to_message": theirs} if how == "answered" else {"forward_origin": _OF_ANOTHER}

    [refusal] = await in_group(
        worker, text="She lies", message_thread_id=TOPIC, is_topic_message=True, **said
    )
    assert refusal.text.startswith("Nothing went to the person: this answers a colleague")
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Message)) is None


@pytest.mark.parametrize("answered", ["the topic", "the bot", "themselves"])
async def test_words_to_the_person_may_answer_what_stands_in_the_topic_for_them(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation, answered: str
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await claimed_with_topic(worker, phone)
    before = worker.message(text="I am here.")
    if answered == "the topic":
        before |= {"from": _COLLEAGUE, "forum_topic_created": {"name": "ST", "icon_color": 1}}
    if answered == "the bot":
        before |= {"from": OURS}

    words, _ = await in_group(
        worker,
        text="Are you safe?",
        message_thread_id=TOPIC,
        is_topic_message=True,
        reply_to_message=before,
    )
    assert "Are you safe?" in words.text


async def test_a_note_with_a_stroke_too_few_is_said_to_go_nowhere_and_wide_strokes_are_strokes(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await claimed_with_topic(worker, phone)

    [refusal] = await in_topic(worker, "/ She sounded afraid")
    assert refusal.text == "Nothing goes to the person from here. Write in the console."
    assert await in_topic(worker, "\uff0f\uff0f She sounded afraid") == []
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Message)) is None
        noted = select(CaseEvent).where(CaseEvent.kind == CaseEventKind.NOTE)
        assert (await session.scalars(noted)).one()


@pytest.mark.parametrize("joined", [True, False])
@pytest.mark.parametrize(("made_by", "told"), [(OURS, 1), (_COLLEAGUE, 0)])
async def test_p11_words_in_a_topic_of_a_case_that_is_gone_are_said_to_reach_nobody(
    new_phone: NewPhone,
    database: Database,
    organisation: Organisation,
    made_by: dict[str, Any],
    told: int,
    joined: bool,
) -> None:
    """In a topic that colleagues made they are among themselves."""
    writes = await staff_phone(new_phone, database, organisation) if joined else new_phone(555)
    made = {"forum_topic_created": {"name": "ST", "icon_color": 1}, "from": made_by}
    said = await in_group(
        writes,
        text="Are you safe?",
        message_thread_id=TOPIC,
        is_topic_message=True,
        reply_to_message=writes.message() | made,
    )

    answer = "Nothing goes to the person from here. Write in the console."
    assert [each.text for each in said] == [answer] * told
