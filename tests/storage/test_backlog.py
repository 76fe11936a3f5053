"""What waits is taken by its indexes, though PostgreSQL believes that nobody waits.

It counts rows now and then, mostly when nobody does. A backlog that came since must not be read
from end to end for each that is taken.
"""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from bot.delivery.claiming import claim
from bot.delivery.pace import Pace
from bot.embedded.postgres import EmbeddedPostgres
from storage.inbox.arrivals import take_in
from storage.inbox.handled import mark_handled
from storage.inbox.lanes import OLDEST, heads_of_lanes
from storage.keys.keyring import Keyring
from storage.kinds import NoticeClass
from storage.outbox.contents import Window
from storage.outbox.letters import Delivery, Letter, put_all
from storage.sessions import SERVICE, Clock, Database, Session
from storage.wakes import Wakes
from tests.plans import plan_of, rows_of
from tests.postgres import create_database, drop_database
from tests.statements import caught

# The flood is all of the oldest, and more.
BEFORE, FLOOD, WAITING = 1_000, OLDEST + 100, 1_000
TAKEN = 16
FLOODING = 1
# Each is looked at once in each of the orders, and once where it lies.
LOOKS = 3

Take = Callable[[Session], Awaitable[Any]]


@pytest.fixture(scope="module")
async def counted_when_nobody_waited(
    postgres: EmbeddedPostgres, migrated_template: str
) -> AsyncIterator[Database]:
    name = f"backlog_{uuid.uuid4().hex}"
    urls = await create_database(postgres, name, migrated_template, planned_as_in_life=True)
    owner = Database(urls.owner_url, Keyring({1: b"k" * 32}), Clock(), Wakes())
    database = Database(urls.run_url, Keyring({1: b"k" * 32}), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        await take_in(session, [_update(number, number) for number in range(BEFORE)])
        await put_all(session, [_letter(number) for number in range(BEFORE)])
    async with database.begin(SERVICE) as session:
        await mark_handled(session, range(1, BEFORE + 1))
        await session.execute(text("UPDATE outbox SET state = 'sent', finished_at = now()"))
    async with owner.engine.connect() as connection:
        await connection.execute(text("ANALYZE inbox, outbox"))
        await connection.commit()
    async with database.begin(SERVICE) as session:
        flood = [_update(BEFORE + number, FLOODING) for number in range(FLOOD)]
        others = [_update(10 * BEFORE + number, 10 * BEFORE + number) for number in range(WAITING)]
        await take_in(session, flood + others)
        await put_all(session, [_letter(10 * BEFORE + number) for number in range(WAITING)])
    yield database
    await owner.close()
    await database.close()
    await drop_database(postgres, name)


def _update(number: int, chat: int) -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": {"id": chat}}}


def _letter(chat_id: int, priority: int = 5) -> Letter:
    delivery = Delivery(NoticeClass.REPLY, priority)
    return Letter(chat_id, Window(""), delivery)


async def rows_read(database: Database, table: str, take: Take) -> int:
    """For everything that it asks; nothing of it is kept."""
    with caught(database) as statements:
        async with database.begin(SERVICE) as session:
            await take(session)
            await session.rollback()
    asked = [each for each in statements if each.sql.lstrip().startswith(("SELECT i", "WITH"))]
    assert asked
    async with database.begin(SERVICE) as session:
        plans = [await plan_of(session, statement) for statement in asked]
        await session.rollback()
    return sum(rows_of(table, plan) for plan in plans)


async def heads(session: Session) -> None:
    assert await heads_of_lanes(session, TAKEN)


async def letters(session: Session) -> None:
    assert len((await claim(session, Pace(100_000), TAKEN)).rows) == TAKEN


async def test_the_oldest_updates_are_taken_without_a_look_at_all_that_wait(
    counted_when_nobody_waited: Database,
) -> None:
    read = await rows_read(counted_when_nobody_waited, "inbox", heads)
    assert read <= LOOKS * OLDEST


async def test_behind_a_flood_the_next_chats_are_found_without_a_look_at_all_for_each(
    counted_when_nobody_waited: Database,
) -> None:
    async with counted_when_nobody_waited.begin(SERVICE) as flooded:
        assert [row.number for row in await heads_of_lanes(flooded, TAKEN)] == [BEFORE + 1]

        read = await rows_read(counted_when_nobody_waited, "inbox", heads)
        await flooded.rollback()
    assert read <= LOOKS * (FLOOD + WAITING)


async def test_messages_are_claimed_without_a_look_at_all_that_wait(
    counted_when_nobody_waited: Database,
) -> None:
    read = await rows_read(counted_when_nobody_waited, "outbox", letters)
    assert read <= LOOKS * TAKEN


async def test_what_stands_before_the_urgent_is_found_without_a_look_at_all_that_wait(
    counted_when_nobody_waited: Database,
) -> None:
    async with counted_when_nobody_waited.begin(SERVICE) as session:
        last = range(11 * BEFORE - TAKEN, 11 * BEFORE)
        await put_all(session, [_letter(number, priority=0) for number in last])
    read = await rows_read(counted_when_nobody_waited, "outbox", letters)
    # Twice as many are looked at, and what stood before is written once more.
    assert read <= 3 * LOOKS * TAKEN
