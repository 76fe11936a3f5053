from datetime import timedelta

from sqlalchemy import func, select, update

from bot.clockwork.ticks import TICKS
from domain.messages.recent_words import (
    SHORT,
    WITHIN,
    forget_recent,
    keep_recent,
    remember,
    said_before,
)
from domain.privacy.letting_go import forget_screen
from storage.keys.keyring import Keyring
from storage.sessions import SERVICE, Clock, Database
from storage.tables.recent_words import RecentWords
from storage.wakes import Wakes
from tests.postgres import DatabaseUrls

CHAT, OTHER = 1001, 1002


async def _says(database: Database, number: int, words: str, chat: int = CHAT) -> list[str]:
    """What was said before, as whoever has the message is told."""
    async with database.begin(SERVICE) as session:
        before = await said_before(session, chat, number)
        remember(session, chat, number, words)
        await keep_recent(session)
    return before


async def _kept(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await session.scalar(select(func.count()).select_from(RecentWords)) or 0


async def test_p1_the_last_two_short_messages_of_the_same_chat_are_remembered(
    database: Database,
) -> None:
    assert await _says(database, 1, "one") == []
    assert await _says(database, 1, "elsewhere", OTHER) == []
    assert await _says(database, 2, "two") == ["one"]
    assert await _says(database, 3, "three") == ["one", "two"]
    assert await _says(database, 4, "four") == ["two", "three"]


async def test_p1_whichever_replica_has_the_second_half_knows_the_first(
    database: Database, urls: DatabaseUrls, keys: Keyring, clock: Clock
) -> None:
    another = Database(urls.run_url, keys, clock, Wakes())
    await _says(database, 1, "he has my passport and")
    assert await _says(another, 2, "locked me in") == ["he has my passport and"]
    await another.close()


async def test_what_is_old_or_long_is_not_remembered(database: Database, clock: Clock) -> None:
    await _says(database, 1, "one")
    clock.offset += WITHIN
    assert await _says(database, 2, "two") == []
    await _says(database, 3, "x" * (SHORT + 1))
    assert await _says(database, 4, "four") == ["two"]


async def test_a_message_that_is_tried_anew_or_edited_does_not_precede_itself(
    database: Database,
) -> None:
    await _says(database, 1, "one")
    assert await _says(database, 2, "two") == ["one"]
    assert await _says(database, 2, "two!") == ["one"]
    assert await _says(database, 1, "one edited") == []
    assert await _says(database, 3, "three") == ["one edited", "two!"]


async def test_words_of_a_transaction_that_failed_were_never_said(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        remember(session, CHAT, 1, "one")
        await keep_recent(session)
        await session.rollback()
    assert await _says(database, 2, "two") == []


async def test_p1_words_that_no_key_opens_keep_no_message_from_being_read(
    database: Database,
) -> None:
    await _says(database, 1, "one")
    await _says(database, 2, "two")
    async with database.begin(SERVICE) as session:
        await session.execute(
            update(RecentWords).where(RecentWords.message_id == 1).values(words=b"of a lost key")
        )
    assert await _says(database, 3, "three") == ["two"]


async def test_they_are_sealed_and_gone_after_minutes(database: Database, clock: Clock) -> None:
    await _says(database, 1, "one")
    async with database.begin(SERVICE) as session:
        row = (await session.scalars(select(RecentWords))).one()
    assert b"one" not in row.words
    clock.offset += WITHIN / 2
    await _says(database, 2, "two")
    clock.offset += WITHIN / 2 + timedelta(seconds=1)
    async with database.begin(SERVICE) as session:
        assert await forget_recent(session) == 1
    assert await _kept(database) == 1


async def test_p6_a_chat_that_is_forgotten_keeps_none_of_them(database: Database) -> None:
    await _says(database, 1, "one")
    await _says(database, 1, "elsewhere", OTHER)
    async with database.begin(SERVICE) as session:
        await forget_screen(session, CHAT)
    assert await _says(database, 2, "two") == []
    assert await _says(database, 2, "there", OTHER) == ["elsewhere"]


def test_a_tick_takes_them_away_within_half_a_minute() -> None:
    [tick] = [tick for tick in TICKS if tick.work is forget_recent]
    assert tick.seconds <= 30
