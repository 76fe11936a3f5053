"""A replica that is asked to stop: others may lead at once, and nobody takes it for dead (P12)."""

import asyncio

from bot.stopping import Stopping
from storage.sessions import Database
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
