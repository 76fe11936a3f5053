"""What waits to change a message, and is outdated before it leaves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.delivery.claiming import claim
from domain.notices import Notice, tell
from domain.returnees.chats import chat_id_of
from storage.kinds import NoticeClass, OutboxState
from storage.outbox.contents import from_document
from storage.outbox.letters import Delivery, Once
from storage.outbox.unsent import know_unsent, put_newest
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.bot.outgoing import HURRIED, REPLY, row, say
from tests.documents import content_of
from tests.domain.centre import Centre
from tests.domain.checking_in import Office, plan_check_in

CHAT = 700
MESSAGE = 77


@pytest.fixture
async def person(database: Database, clock: Clock) -> Returnee:
    return await (await Centre.open(database, clock)).person()


async def write(session: Session, words: str, how: Delivery = REPLY, **where: int) -> OutboxRow:
    """As the answer to a press."""
    await know_unsent(session, [], [CHAT])
    window = {"window": {"text": words, "markup": None}} | (where or {"edit": MESSAGE})
    return await put_newest(session, CHAT, from_document(window), how)


async def changed(database: Database, words: str, **where: int) -> OutboxRow:
    async with database.begin(SERVICE) as session:
        return await write(session, words, REPLY, **where)


async def waiting(database: Database) -> list[dict[str, Any]]:
    """What will be said, in this order."""
    async with database.begin(SERVICE) as session:
        rows = select(OutboxRow).where(OutboxRow.state == OutboxState.WAITING)
        in_order = await session.scalars(rows.order_by(OutboxRow.number))
        return [content_of(row, session.keys) for row in in_order]


async def texts(database: Database) -> list[str]:
    return [content["window"]["text"] for content in await waiting(database)]


@pytest.mark.parametrize("where", [{"edit": MESSAGE}, {"replaces": MESSAGE}])
async def test_p12_what_waits_to_take_the_same_place_says_the_newest(
    database: Database, where: dict[str, int]
) -> None:
    first = await changed(database, "one", **where)
    await say(database, CHAT + 1, "to somebody else")
    for words in ("two", "three"):
        assert (await changed(database, words, **where)).id == first.id

    assert await texts(database) == ["three", "to somebody else"]


async def test_p12_what_says_the_same_just_before_it_leaves_is_said_once(
    database: Database, person: Returnee
) -> None:
    for notice in (Notice.STOPPED, Notice.STOPPED, Notice.RESUMED, Notice.STOPPED):
        async with database.begin(SERVICE) as session:
            await know_unsent(session, [], [chat_id_of(session, person)])
            await tell(session, person, notice)

    said = [content["notice"] for content in await waiting(database)]
    assert said == [Notice.STOPPED, Notice.RESUMED, Notice.STOPPED]


async def test_nothing_overtakes_what_stands_before_it_in_its_chat(database: Database) -> None:
    await changed(database, "one")
    await say(database, CHAT, "a caseworker's words")
    await changed(database, "two")
    await changed(database, "instead of another message", replaces=MESSAGE + 1)
    await changed(database, "three")

    assert await texts(database) == [
        "one",
        "a caseworker's words",
        "two",
        "instead of another message",
        "three",
    ]


async def test_p12_of_windows_that_are_pressed_in_turn_the_newest_of_each_waits(
    database: Database,
) -> None:
    """Which of them changes first is all the same."""
    await say(database, CHAT, "a caseworker's words")
    for turn in ("first", "second", "third"):
        for window in range(3):
            await changed(database, f"{turn} of {window}", edit=MESSAGE + window)
    await say(database, CHAT, "more words")
    await changed(database, "last of 1", edit=MESSAGE + 1)

    assert await texts(database) == [
        "a caseworker's words",
        "third of 0",
        "third of 1",
        "third of 2",
        "more words",
        "last of 1",
    ]


async def test_p12_what_is_on_its_way_stands_between_no_two_of_another_window(
    database: Database,
) -> None:
    await changed(database, "leaving")
    async with database.begin(SERVICE) as session:
        await claim(session, HURRIED, 10)
    for words in ("older", "newer"):
        await changed(database, words, edit=MESSAGE + 1)
        await changed(database, f"{words} than that", edit=MESSAGE)

    assert await texts(database) == ["leaving", "newer", "newer than that"]


async def test_p4_what_covers_a_message_goes_whatever_is_opened_there_next(
    database: Database, person: Returnee
) -> None:
    """It may go when other things may not. What opens gives way to it, so it comes sooner."""
    shown = {"notice": Notice.CHECK_IN_DAYS, "params": {}}
    for notice in (
        Notice.REVEALED,
        Notice.CONCEALED,
        Notice.CONCEALED,
        Notice.REVEALED,
        Notice.PICTURES,
    ):
        async with database.begin(SERVICE) as session:
            await know_unsent(session, [], [chat_id_of(session, person)])
            await tell(session, person, notice, shown, edit=MESSAGE)

    said = [content["notice"] for content in await waiting(database)]
    assert said == [Notice.CONCEALED, Notice.PICTURES]


async def test_p12_what_is_on_its_way_or_may_have_arrived_is_said_as_it_was(
    database: Database,
) -> None:
    await changed(database, "leaving")
    async with database.begin(SERVICE) as session:
        await claim(session, HURRIED, 10)
    await changed(database, "tried in vain")
    async with database.begin(SERVICE) as session:
        await session.execute(update(OutboxRow).values(tries=1, leased_until=None))
    await changed(database, "newest")

    assert await texts(database) == ["leaving", "tried in vain", "newest"]


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize("counts", ["once", "case", "check-in", "later", "class"])
async def test_p12_what_anybody_counts_on_gives_way_to_nothing_and_takes_no_place(
    database: Database, clock: Clock, counts: str, waits: bool
) -> None:
    """It is looked for by what it says, or shows how far it got; or the hours hold it otherwise."""
    centre = await Centre.open(database, clock)
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.signal(person)
    async with database.begin(SERVICE) as session:
        check_in = await plan_check_in(session, person, Office(centre.organisation, vera))
        counted_on = {
            "once": replace(REPLY, once=Once("what it says", timedelta(minutes=1))),
            "case": replace(REPLY, case_id=case.id),
            "check-in": replace(REPLY, check_in_id=check_in.id),
            "later": replace(REPLY, not_before=session.now + timedelta(minutes=1)),
            "class": Delivery(NoticeClass.ROUTINE),
        }[counts]
    rows = []
    for how in (counted_on, REPLY) if waits else (REPLY, counted_on):
        async with database.begin(SERVICE) as session:
            rows.append((await write(session, "something", how)).id)

    assert rows[0] != rows[1]


async def test_p4_what_gives_way_travels_as_what_it_says_now(
    database: Database, clock: Clock, person: Returnee
) -> None:
    """A late answer to the first press would wait for the safe hours."""
    await changed(database, "one")
    clock.offset += timedelta(minutes=20)
    async with database.begin(SERVICE) as session:
        pressed_at, until = session.asked_at, session.now + timedelta(hours=1)
        how = replace(REPLY, priority=2, returnee_id=person.id, expires_at=until)
        newest = await write(session, "two", how)

    now = await row(database, newest)
    travels = (now.priority, now.returnee_id, now.expires_at, now.created_at)
    assert travels == (2, person.id, until, pressed_at)
    assert await texts(database) == ["two"]


async def test_p12_race_of_a_courier_and_what_is_newer(database: Database) -> None:
    """Whoever comes first has the row, and nobody waits."""
    await changed(database, "older")
    async with database.begin(SERVICE) as handling:
        await write(handling, "newer")
        await handling.flush()
        async with database.begin(SERVICE) as session:
            assert (await claim(session, HURRIED, 10)).rows == []
    async with database.begin(SERVICE) as claiming:
        [leased] = (await claim(claiming, HURRIED, 10)).rows
        row = await claiming.get_one(OutboxRow, leased.id)
        assert content_of(row, claiming.keys)["window"]["text"] == "newer"
        await changed(database, "newest")

    assert await texts(database) == ["newer", "newest"]
