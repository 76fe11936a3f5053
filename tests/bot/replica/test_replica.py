"""A replica that is asked to stop: others may lead at once, and nobody takes it for dead (P12)."""

import asyncio
from contextlib import AsyncExitStack

import asyncpg
import pytest

from bot.replica.replica import Replica
from bot.stopping import Stopping
from storage.sessions import Database
from storage.wakes import Topic, Wakes
from tests.bot.replicas import alive, cut, living, new_replica, until_alive, until_so
from tests.postgres import DatabaseUrls


async def test_p12_who_is_asked_to_stop_lets_others_lead_and_lives_until_it_has_finished(
    database: Database, urls: DatabaseUrls
) -> None:
    first, second = (new_replica(database, urls) for _ in range(2))
    stopping, finished = Stopping(), Stopping()
    async with asyncio.TaskGroup() as group:
        group.create_task(first.run(stopping, finished))
        await until_so(lambda: first.leads)
        stopping.set()
        await until_so(lambda: not first.leads)
        async with living(database, second):
            await until_so(lambda: second.leads)
            assert {first.number, second.number} <= set(await alive(database))
        finished.set()

    assert await alive(database) == []


async def test_what_is_woken_together_is_heard_by_another_replica_topic_by_topic(
    database: Database, urls: DatabaseUrls
) -> None:
    topics, other = (Topic.INBOX, Topic.OUTBOX, Topic.CASES), Wakes()
    replicas = (new_replica(database, urls), Replica(urls.run_url, other, database.keychain))
    async with AsyncExitStack() as living_ones:
        for replica in replicas:
            await living_ones.enter_async_context(living(database, replica))
        woken = [await living_ones.enter_async_context(other.waiting(each)) for each in topics]
        lexicons = await living_ones.enter_async_context(other.waiting(Topic.LEXICONS))

        def all_heard() -> bool:
            # It lives a moment before it listens.
            database.wakes.wake(topics)
            return all(each.is_set() for each in woken)

        await until_so(all_heard)
        assert not lexicons.is_set()


async def test_its_connection_is_encrypted_as_all_others_are(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []

    async def connect(**given: object) -> None:
        asked.append(given)
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncpg, "connect", connect)
    stopping = Stopping()
    url = "postgresql+asyncpg://me:pw@/wayhome?host=a:1&host=b:2&ssl=verify-full"
    replica = Replica(url, database.wakes, database.keychain)
    async with asyncio.TaskGroup() as group:
        group.create_task(replica.run(stopping))
        await until_so(lambda: len(asked) >= 2)
        stopping.set()

    assert [(each["ssl"], each["host"], each["port"]) for each in asked[:2]] == [
        ("verify-full", "a", 1),
        ("verify-full", "b", 2),
    ]


async def test_p12_who_loses_its_connection_while_it_finishes_gets_another_and_leads_no_more(
    database: Database, urls: DatabaseUrls
) -> None:
    replica = new_replica(database, urls)
    stopping, finished = Stopping(), Stopping()
    async with asyncio.TaskGroup() as group:
        group.create_task(replica.run(stopping, finished))
        await until_so(lambda: replica.leads)
        stopping.set()
        await cut(urls, replica)
        await until_alive(database, replica)
        assert not replica.leads
        finished.set()
