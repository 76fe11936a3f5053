"""What is acknowledged, though a commit that waited for the standby was given up."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from domain.referrals.partners import Card, add_mail_partner
from storage.inbox.arrivals import take_in
from storage.keys.keyring import Keyring
from storage.kinds import Role
from storage.sessions import SERVICE, Clock, Database
from storage.wakes import Wakes
from tests.domain.centre import Centre
from tests.standbys import Pair
from tests.statements import caught

CARD = Card("desk@example.org", "Besa", "+355 69 000 0000")


@pytest.fixture
async def replica(pair: Pair, keys: Keyring) -> AsyncIterator[Database]:
    database = Database(pair.primary.run_url, keys, Clock(), Wakes())
    yield database
    await database.close()


async def test_p1_an_update_that_comes_again_is_acknowledged_only_once_the_standby_has_it(
    pair: Pair, replica: Database
) -> None:
    """A commit that waits too long for the standby is given up, and stands on the primary all the
    same. Telegram brings the update again, and forgets it once we say that we have it.
    """

    async def taken_in() -> None:
        async with replica.begin(SERVICE) as session:
            await take_in(session, [{"update_id": 77}])

    await _taken_once_the_standby_has_it(pair, taken_in)

    assert await pair.on_standby("SELECT count(*) FROM inbox WHERE update_id = 77") == 1


async def test_p1_a_form_that_is_sent_again_is_taken_only_once_the_standby_has_it(
    pair: Pair, replica: Database
) -> None:
    centre = await Centre.open(replica, replica.clock)
    coordinator = await centre.colleague(Role.COORDINATOR)

    async def sent() -> None:
        async with replica.begin(coordinator.organisation_id) as session:
            await add_mail_partner(
                session, coordinator, "Shelter", "en", CARD, no_authority=True, once="a page"
            )

    await _taken_once_the_standby_has_it(pair, sent)

    assert await pair.on_standby("SELECT count(*) FROM mail_partner") == 1


async def test_what_comes_for_the_first_time_costs_nothing_more(database: Database) -> None:
    asked = []
    for update_ids in ([1], [1, 2], [1, 2]):
        async with database.begin(SERVICE) as session:
            with caught(database) as statements:
                await take_in(session, [{"update_id": each} for each in update_ids])
        asked.append(len(statements))

    assert asked == [1, 1, 2]


async def _taken_once_the_standby_has_it(
    pair: Pair, take: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    async with asyncio.TaskGroup() as group:
        async with pair.without_standby():
            first = group.create_task(take())
            await pair.give_up(await pair.waiting())
            await first
            again = group.create_task(take())
            waiting = group.create_task(pair.waiting())
            await asyncio.wait((again, waiting), return_when=asyncio.FIRST_COMPLETED)
            is_acknowledged = again.done()
            waiting.cancel()
        await again
    assert not is_acknowledged
