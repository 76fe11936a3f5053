"""What somebody has leased goes to others when they are dead, and only then (P12)."""

from dataclasses import dataclass

import pytest
from sqlalchemy import text

from bot.delivery.claiming import claim
from bot.delivery.taking_over import Heir
from bot.replica.replica import Replica
from storage.sessions import SERVICE, Database
from tests.bot.outgoing import HURRIED, row, say
from tests.bot.replicas import cut, living, new_replica, until_alive, until_so
from tests.postgres import DatabaseUrls

# Seconds, in which whoever lives would have another connection.
A_WHILE = 4.0


@dataclass
class Hand:
    """A clock that is moved by hand."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


async def lease(database: Database, chat_id: int, taker: Replica) -> None:
    """That replica took a row so long ago that it is nobody's last breath."""
    await say(database, chat_id, "hello")
    async with database.begin(SERVICE) as session:
        await claim(session, HURRIED, 1, taker=taker.number)
        await session.execute(
            text("UPDATE outbox SET leased_until = leased_until - '9s'::interval")
        )


async def freed(database: Database, heir: Heir) -> int:
    async with database.begin(SERVICE) as session:
        return await heir.take_over(session)


@pytest.fixture
def clock_in_hand() -> Hand:
    return Hand()


@pytest.fixture
def heir(database: Database, urls: DatabaseUrls, clock_in_hand: Hand) -> Heir:
    return Heir(new_replica(database, urls), clock_in_hand)


async def test_p1_what_a_dead_replica_had_in_hand_goes_to_others_and_a_living_ones_does_not(
    database: Database, urls: DatabaseUrls, heir: Heir, clock_in_hand: Hand
) -> None:
    dead, alive = (new_replica(database, urls) for _ in range(2))
    await lease(database, 700, dead)
    await lease(database, 701, alive)
    async with living(database, alive):
        assert await freed(database, heir) == 0
        clock_in_hand.now += A_WHILE
        assert await freed(database, heir) == 1

    async with database.begin(SERVICE) as session:
        (again,) = (await claim(session, HURRIED, 10)).rows
    # It may have arrived, so nobody takes its words back any more.
    assert (await row(database, again)).tries == 1


async def test_p12_what_was_on_its_way_a_moment_ago_is_left_until_it_has_surely_ended(
    database: Database, urls: DatabaseUrls, heir: Heir, clock_in_hand: Hand
) -> None:
    await say(database, 700, "hello")
    async with database.begin(SERVICE) as session:
        await claim(session, HURRIED, 1, taker=new_replica(database, urls).number)
        # As if it had just been taken, however slow this machine is.
        await session.execute(
            text("UPDATE outbox SET leased_until = leased_until + '1h'::interval")
        )
    assert await freed(database, heir) == 0
    clock_in_hand.now += A_WHILE

    assert await freed(database, heir) == 0


async def test_p12_who_is_without_a_connection_for_a_moment_keeps_what_it_has_in_hand(
    database: Database, urls: DatabaseUrls, heir: Heir, clock_in_hand: Hand
) -> None:
    """And is missed anew when it goes for good."""
    taker = new_replica(database, urls)
    await lease(database, 700, taker)
    assert await freed(database, heir) == 0
    async with living(database, taker):
        clock_in_hand.now += A_WHILE
        assert await freed(database, heir) == 0
    assert await freed(database, heir) == 0
    clock_in_hand.now += A_WHILE
    assert await freed(database, heir) == 1


async def test_p12_who_never_had_a_connection_of_its_own_does_not_take_itself_for_dead(
    database: Database, heir: Heir, clock_in_hand: Hand
) -> None:
    """The server had none left for it, and it sends all the same."""
    await lease(database, 700, heir.replica)
    assert await freed(database, heir) == 0
    clock_in_hand.now += A_WHILE

    assert await freed(database, heir) == 0


async def test_p12_after_an_outage_nobody_is_taken_for_dead_before_all_had_time_to_come_back(
    database: Database,
    urls: DatabaseUrls,
    heir: Heir,
    clock_in_hand: Hand,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Race: one is back, while another's report still waits for the database."""
    await lease(database, 700, new_replica(database, urls))
    async with living(database, heir.replica):
        assert await freed(database, heir) == 0
        await cut(urls, heir.replica)
        await until_alive(database, heir.replica)
        for _ in range(2):
            clock_in_hand.now += A_WHILE
            assert await freed(database, heir) == 0

        monkeypatch.setattr("bot.replica.replica._BACK_WITHIN", 0.0)
        await until_so(lambda: not heir.replica.was_cut_off)
        assert await freed(database, heir) == 0
        clock_in_hand.now += A_WHILE
        assert await freed(database, heir) == 1
