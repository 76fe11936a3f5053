"""What is posted goes with all else that its transaction posts, in one statement."""

from typing import Any

import pytest
from sqlalchemy import event, func, select

from storage.kinds import NoticeClass
from storage.outbox.contents import Window
from storage.outbox.letters import Delivery, Letter, content_of, post, put, put_all
from storage.sessions import SERVICE, Database, Session
from storage.tables.outbox import OutboxRow

REPLY = Delivery(NoticeClass.REPLY)
CHAT = 500


def says(words: str) -> Letter:
    return Letter(CHAT, Window(words), REPLY)


async def waiting(session: Session) -> list[str]:
    """What the chat is told, in the order in which it goes."""
    rows = await session.scalars(select(OutboxRow).order_by(OutboxRow.number))
    contents = [content_of(row, session.keys) for row in rows]
    return [content.text for content in contents if isinstance(content, Window)]


async def test_what_is_posted_waits_once_the_transaction_is_committed(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        post(session, says("hello"))
    async with database.begin(SERVICE) as session:
        assert await waiting(session) == ["hello"]


async def test_all_that_a_transaction_posts_is_written_by_one_statement(
    database: Database,
) -> None:
    inserts: list[str] = []

    def note(*execution: Any) -> None:
        inserts.extend(each for each in execution[2:3] if each.startswith("INSERT"))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    async with database.begin(SERVICE) as session:
        for number in range(20):
            post(session, says(str(number)))
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    async with database.begin(SERVICE) as session:
        assert await waiting(session) == [str(number) for number in range(20)]
    assert len(inserts) == 1


async def test_what_is_posted_and_what_is_put_keep_their_order(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        await put(session, CHAT, Window("1"), REPLY)
        post(session, says("2"))
        await put(session, CHAT, Window("3"), REPLY)
        await put_all(session, [says("4"), says("5")])
        post(session, says("6"))
        assert await waiting(session) == ["1", "2", "3", "4", "5", "6"]


async def test_what_was_posted_within_a_savepoint_goes_with_it(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        post(session, says("before"))
        with pytest.raises(ZeroDivisionError):
            async with session.begin_nested():
                post(session, says("within"))
                raise ZeroDivisionError
        async with session.begin_nested():
            post(session, says("within another"))
        post(session, says("behind"))
    async with database.begin(SERVICE) as session:
        assert await waiting(session) == ["before", "within another", "behind"]


async def test_what_a_transaction_posted_that_fails_is_never_sent(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.begin(SERVICE) as session:
            post(session, says("never"))
            raise ZeroDivisionError
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(OutboxRow)) == 0
