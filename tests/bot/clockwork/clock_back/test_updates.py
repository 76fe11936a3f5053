"""PostgreSQL's clock was ahead: what came in is handled, by whichever replica is alive."""

from datetime import UTC, datetime, timedelta
from itertools import count
from time import time as clock_of_the_wall

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.delivery.claiming import claim
from bot.delivery.taking_over import Heir
from bot.intake.freshness import Freshness
from bot.lanes.deaths import Deaths
from bot.lanes.lanes import Lanes
from bot.metrics.metrics import Metrics
from storage.inbox.arrivals import take_in
from storage.inbox.clock_ahead import ahead_by
from storage.inbox.failed import mark_failed
from storage.inbox.lanes import heads_of_lanes
from storage.inbox.opened import asked_at
from storage.sessions import SERVICE, Database
from storage.tables.service import RunningReplica
from tests.bot.clockwork.clock_back.ahead import A_MINUTE, ahead, look
from tests.bot.notebooks import Attentive, message
from tests.bot.outgoing import HURRIED, say
from tests.bot.replicas import new_replica
from tests.model.time import Time
from tests.postgres import DatabaseUrls
from tests.statements import caught


async def test_p1_an_update_that_was_to_be_retried_is_handled(
    database: Database, time: Time
) -> None:
    async with database.begin(SERVICE) as session:
        await take_in(session, [{"update_id": 1, "message": {"chat": {"id": 500}}}])
    async with ahead(database, time), database.begin(SERVICE) as session:
        (head,) = await heads_of_lanes(session, 10)
        assert not await mark_failed(session, head.number, "ValueError")
    async with database.begin(SERVICE) as session:
        assert await heads_of_lanes(session, 10) == ()

    await look(database)
    await time.pass_by(timedelta(seconds=11))
    async with database.begin(SERVICE) as session:
        assert len(await heads_of_lanes(session, 10)) == 1


async def test_p1_a_cry_while_the_clock_is_an_hour_ahead_is_answered_at_once(
    database: Database, time: Time
) -> None:
    """Once it was noticed. By the clock alone the cry is an hour old, and at night its answer would
    wait for the morning.
    """
    attentive, freshness, numbers = Attentive(), Freshness(), count(1)
    lanes = Lanes(database, attentive, Metrics())

    async def arrives(words: str) -> timedelta:
        nonlocal freshness
        sent = message(next(numbers), words=words)
        sent["message"]["date"] = int(datetime.now(UTC).timestamp())
        answered = freshness.answered(1)
        async with database.begin(SERVICE) as session:
            await take_in(session, [sent])
            if freshness.is_fresh:
                answered = await answered.compare(session, [sent])
        freshness = answered
        await lanes.handle_one()
        return attentive.asked_ago[-1]

    assert await arrives("hello") < A_MINUTE
    await time.pass_by(timedelta(hours=1))
    with capture_logs() as logs:
        late = [await arrives("hello") for _ in range(3)]
    assert late[0] > timedelta(minutes=59)
    assert [line["action"] for line in logs] == ["clock.ahead"]
    assert await arrives("he wants to kill me") < A_MINUTE

    # Set right, it is noticed with the next word.
    await time.pass_by(-timedelta(hours=1))
    await arrives("hello")
    async with database.begin(SERVICE) as session:
        assert await ahead_by(session) == timedelta()


async def test_how_far_the_clock_is_ahead_is_asked_once_for_all_that_come_together(
    database: Database,
) -> None:
    """As after an outage: all of them seem late."""
    came = {number: message(number, 500 + number) for number in range(1, 6)}
    for sent in came.values():
        sent["message"]["date"] = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())
    async with database.begin(SERVICE) as session:
        await take_in(session, list(came.values()))
    async with database.begin(SERVICE) as session:
        rows = await heads_of_lanes(session, 10)
        with caught(database) as statements:
            asked = [await asked_at(session, row, came[row.update_id]) for row in rows]
    assert len(asked) == len(came)
    assert len(statements) == 1


def test_what_waited_at_telegram_says_nothing_of_a_clock() -> None:
    """Nor does what comes behind it, as long as there is more of it than one answer holds."""
    answered = Freshness()
    assert not answered.is_fresh
    fresh = [(answered := answered.answered(many)).is_fresh for many in (100, 100, 7, 1)]
    assert fresh == [False, False, True, True]


@pytest.mark.parametrize("step", [61, -61, 3600])
def test_what_waited_at_telegram_while_this_machine_slept_is_not_fresh(
    monkeypatch: pytest.MonkeyPatch, step: float
) -> None:
    """Nor is anything right after its clock was set, either way: nobody can tell these apart."""
    answered, now = Freshness().answered(1), clock_of_the_wall()
    assert answered.is_fresh
    monkeypatch.setattr("bot.intake.freshness.time", lambda: now + step)
    assert not answered.is_fresh


async def test_p1_what_a_dead_replica_had_leased_is_taken_over(
    database: Database, urls: DatabaseUrls, time: Time
) -> None:
    # It has missed the other for a while each time that it looks.
    heir = Heir(new_replica(database, urls), count(step=10).__next__)
    await say(database, 700, "hello")
    async with ahead(database, time), database.begin(SERVICE) as session:
        assert len((await claim(session, HURRIED, 1, taker=7)).rows) == 1
    await time.pass_by(timedelta(seconds=6))
    for _ in range(2):
        async with database.begin(SERVICE) as session:
            assert await heir.take_over(session) == 0

    await look(database)
    await time.pass_by(timedelta(seconds=6))
    async with database.begin(SERVICE) as session:
        assert await heir.take_over(session) == 1
    async with database.begin(SERVICE) as session:
        assert len((await claim(session, HURRIED, 10)).rows) == 1


async def test_p1_the_death_of_a_replica_that_began_meanwhile_is_noticed(
    database: Database, time: Time, urls: DatabaseUrls
) -> None:
    born, other = (new_replica(database, urls) for _ in range(2))
    async with ahead(database, time), database.begin(SERVICE) as session:
        await Deaths(database, born).look(session)
    await look(database)
    await time.pass_by(timedelta(seconds=11))
    async with database.begin(SERVICE) as session:
        await Deaths(database, other).look(session)
        assert list(await session.scalars(select(RunningReplica.number))) == [other.number]
