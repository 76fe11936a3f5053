import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import func, select, update

from domain.actors import Actor
from domain.casework.work import mark_heard, release, resolve
from domain.consent.effects import take_effect
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.messages.recordings import forget_recording
from domain.messages.sealing import body_of
from domain.notices import Notice
from domain.retention.without_consent import forget
from storage.kinds import CaseState, MessageKind, Outcome, Purpose, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case, Message
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.racing import stands_still

UNREADABLE = [MessageKind.VOICE, MessageKind.PHOTO, MessageKind.DOCUMENT, MessageKind.OTHER]


async def test_words_without_a_case_are_kept_nowhere(centre: Centre) -> None:
    assert await centre.hears(await centre.person(), "Hello") is None

    async with centre.database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Case)) == 0


async def test_words_during_a_case_are_kept_in_its_conversation_and_sealed(centre: Centre) -> None:
    person = await centre.person()
    case = await centre.signal(person)
    message = await centre.hears(person, "He took my passport")

    assert message is not None
    assert message.case_id == case.id
    assert b"passport" not in message.body
    async with centre.database.begin(SERVICE) as session:
        assert await body_of(session, message) == {"text": "He took my passport"}


@pytest.mark.parametrize("kind", UNREADABLE)
async def test_p1_what_no_machine_can_read_opens_an_urgent_case_until_a_human_did(
    centre: Centre, kind: MessageKind
) -> None:
    message = await centre.hears(await centre.person(), "file", kind)

    assert message is not None
    assert message.listen_by is not None
    case = await centre.fresh(Case(id=message.case_id))
    assert case.severity is Severity.URGENT
    assert timedelta(minutes=59) < message.listen_by - case.opened_at <= timedelta(minutes=60)


async def test_p1_a_recording_raises_a_lesser_case_to_urgent(centre: Centre) -> None:
    person = await centre.person()
    case = await centre.signal(person, Severity.CONCERN)
    await centre.hears(person, "file", MessageKind.VOICE)

    assert (await centre.fresh(case)).severity is Severity.URGENT


async def test_p14_of_a_place_nothing_is_kept_but_that_one_was_sent(centre: Centre) -> None:
    person = await centre.person()
    await centre.signal(person)
    message = await centre.hears(person, "41.33,19.82", MessageKind.LOCATION)

    assert message is not None
    async with centre.database.begin(SERVICE) as session:
        assert await body_of(session, message) == {}


async def test_p2_the_persons_answer_gives_the_case_back_to_whoever_has_it(centre: Centre) -> None:
    vera = await centre.colleague(chat=5)
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))
    await centre.writes(vera, case)
    before = len(await centre.sent(Notice.STAFF_ALERT))
    await centre.all_arrives()
    await centre.hears(person, "Are you there?")

    case = await centre.fresh(case)
    assert case.state is CaseState.CLAIMED
    assert case.next_alert_at == case.claim_deadline_at
    assert [alert.chat for alert in await centre.sent(Notice.STAFF_ALERT)][before:] == [5]

    centre.later(minutes=6)
    await centre.tick()
    assert (await centre.fresh(case)).state is CaseState.OPEN


async def test_an_answer_in_a_released_case_leaves_it_in_the_queue(centre: Centre) -> None:
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await release(session, vera, case.id)
    await centre.hears(person, "Hello?")

    case = await centre.fresh(case)
    assert case.state is CaseState.OPEN
    assert case.next_alert_at is not None


@pytest.mark.parametrize(("days", "reopens"), [(13, True), (15, False)])
async def test_words_within_14_days_reopen_a_closed_case(
    centre: Centre, days: int, reopens: bool
) -> None:
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    centre.later(days=days)
    message = await centre.hears(person, "It started again")

    assert (message is not None) == reopens
    assert ((await centre.fresh(case)).state is CaseState.OPEN) == reopens


async def test_p1_the_message_that_reopens_is_in_the_case(centre: Centre) -> None:
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    await centre.hears(person, "It started again")

    async with centre.database.begin(centre.organisation.id) as session:
        kept = await session.scalars(select(Message).where(Message.case_id == case.id))
        assert [await body_of(session, each) for each in kept] == [{"text": "It started again"}]


async def _photo(
    centre: Centre, person: Returnee, file_id: str, edited: int = 0, words: str = ""
) -> None:
    body = Body(file_id=file_id, number=7)
    if edited:
        body["edited"] = edited
    if words:
        body["text"] = words
    async with centre.database.begin(SERVICE) as session:
        await keep_message(session, person, None, MessageKind.PHOTO, body, session.now)


async def _sees(centre: Centre, actor: Actor, file_id: str) -> None:
    async with centre.database.begin(SERVICE) as session:
        message = (await session.scalars(select(Message))).one()
        await mark_heard(session, actor, message.id, file_id)


async def _heard_at(centre: Centre) -> datetime | None:
    async with centre.database.begin(SERVICE) as session:
        return (await session.scalars(select(Message.heard_at))).one()


async def test_p1_race_of_looking_at_a_picture_and_putting_another_in_its_place(
    centre: Centre,
) -> None:
    """The other one nobody has seen, though the message was marked while its edit waited."""
    vera, person = await centre.colleague(), await centre.person()
    await _photo(centre, person, "first")
    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        message = (await session.scalars(select(Message))).one()
        await mark_heard(session, vera, message.id, "first")
        await session.flush()
        editing = group.create_task(_photo(centre, person, "second", edited=1))
        await stands_still(centre.database, editing)
    assert await _heard_at(centre) is None


async def test_p1_whoever_saw_a_picture_has_not_seen_what_took_its_place_meanwhile(
    centre: Centre,
) -> None:
    """Race: until Telegram has handed the first one over once more, the second may be there."""
    vera, person = await centre.colleague(), await centre.person()
    await _photo(centre, person, "first")
    await _sees(centre, vera, "first")
    await _photo(centre, person, "second", edited=1)
    for opened, seen in (("first", False), ("second", True)):
        await _sees(centre, vera, opened)
        assert (await _heard_at(centre) is not None) is seen


PICTURES = ("first", "second", "third")


async def _unseen(centre: Centre) -> list[str]:
    async with centre.database.begin(SERVICE) as session:
        unseen = Message.listen_by.is_not(None), Message.heard_at.is_(None)
        messages = await session.scalars(select(Message).where(*unseen).order_by(Message.number))
        return [(await body_of(session, each))["file_id"] for each in messages]


@pytest.mark.parametrize("order", [*permutations(range(3)), (0, 1, 1, 2, 1)])
async def test_p1_a_picture_nobody_has_seen_stays_when_another_takes_its_place(
    centre: Centre, order: Sequence[int]
) -> None:
    """In whatever order they come, and by several ways to the case."""
    person = await centre.person()
    for edited in order:
        await _photo(centre, person, PICTURES[edited], edited)

    assert await _unseen(centre) == [PICTURES[edited] for edited in dict.fromkeys(order)]


async def test_p1_of_a_picture_that_was_seen_one_that_comes_late_is_seen_too(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    await _photo(centre, person, "third", edited=2)
    await _sees(centre, vera, "third")
    await _photo(centre, person, "second", edited=1)

    assert await _unseen(centre) == ["second"]


async def test_words_under_a_picture_beside_another_change_there(centre: Centre) -> None:
    person = await centre.person()
    await _photo(centre, person, "first")
    for edited, words in enumerate(("He is here", "He is at the door"), 1):
        await _photo(centre, person, "second", edited, words)

    async with centre.database.begin(SERVICE) as session:
        messages = await session.scalars(select(Message).order_by(Message.number))
        said = [await body_of(session, each) for each in messages]
    assert [each.get("text") for each in said] == [None, "He is at the door"]


@pytest.mark.parametrize("taken_back", [False, True])
async def test_p1_a_picture_nobody_has_seen_goes_by_no_clock_of_the_one_that_it_took_the_place_of(
    centre: Centre, taken_back: bool
) -> None:
    """It counts from when somebody saw it itself: the old one was seen, and was to be forgotten."""
    vera, person = await centre.colleague(), await centre.person()
    await _photo(centre, person, "first")
    await _sees(centre, vera, "first")
    if taken_back:
        async with centre.database.begin(SERVICE) as session:
            await take_effect(session, person, Purpose.VOICE, granted=False, before=True)
    await _photo(centre, person, "second", edited=1)
    for hours, kept in ((48, True), (23, True), (2, False)):
        centre.later(hours=hours)
        async with centre.database.begin(SERVICE) as session:
            await forget(session)
        async with centre.database.begin(SERVICE) as session:
            message = (await session.scalars(select(Message))).one()
            assert ((await body_of(session, message)).get("file_id") == "second") is kept
        if hours == 48:
            await _sees(centre, vera, "second")


async def test_p1_no_recording_is_forgotten_that_nobody_has_heard_whatever_its_row_says(
    centre: Centre,
) -> None:
    """As an older release left it, which cleared no clock of a picture before it."""
    await _photo(centre, await centre.person(), "first")
    async with centre.database.begin(SERVICE) as session:
        await session.execute(update(Message).values(forget_at=session.now))
    async with centre.database.begin(SERVICE) as session:
        assert await forget(session) == 0


async def test_p1_an_edit_of_what_no_key_opens_any_more_is_kept_in_its_place(
    centre: Centre,
) -> None:
    person = await centre.person()
    await centre.signal(person)
    async with centre.database.begin(SERVICE) as session:
        body = Body(text="He took it", number=7)
        kept = await keep_message(session, person, None, MessageKind.TEXT, body, session.now)
        assert kept is not None
        kept.body = b"damaged"
    async with centre.database.begin(SERVICE) as session:
        edit = Body(text="He took my passport", number=7, edited=1)
        again = await keep_message(session, person, None, MessageKind.TEXT, edit, session.now)
        assert again is not None
        assert again.id == kept.id
        assert (await body_of(session, again))["text"] == "He took my passport"


async def test_p6_the_way_to_a_recording_goes_though_no_key_opens_it(centre: Centre) -> None:
    recording = await centre.hears(await centre.person(), "file", MessageKind.VOICE)
    assert recording is not None
    async with centre.database.begin(SERVICE) as session:
        kept = await session.get_one(Message, recording.id)
        kept.body, kept.forget_at = b"damaged", session.now
        await session.flush()
        await forget_recording(session, kept)

    async with centre.database.begin(SERVICE) as session:
        kept = await session.get_one(Message, recording.id)
        assert (await body_of(session, kept), kept.forget_at) == ({}, None)
