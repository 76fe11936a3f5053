"""How often one chat is written to, by all replicas together (P12)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.delivery.claiming import claim
from bot.delivery.outcome import sent
from bot.delivery.pace import Pace
from bot.delivery.sending import Sent
from storage.sessions import SERVICE, Database
from storage.tables.outbox import OutboxLane
from tests.bot.outgoing import say

# So long that the machine's own slowness plays no part.
HOUR = timedelta(hours=1)
PACE = Pace(per_second=1000, per_chat=HOUR, per_group=3 * HOUR)
PERSON, GROUP, ANOTHER = 700, -100_700, 701


async def arrive(database: Database, chat_id: int) -> int:
    """What may go now does: how many, at most one of each chat."""
    async with database.begin(SERVICE) as session:
        rows = (await claim(session, PACE, 10)).rows
    async with database.begin(SERVICE) as session:
        taken = [replace(row, chat_id=chat_id, settled=True) for row in rows]
        await sent(session, PACE, [(each, Sent(7)) for each in taken])
    return len(rows)


async def pass_by(database: Database, time: timedelta) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(OutboxLane).values(open_at=OutboxLane.open_at - time))


@pytest.mark.parametrize(("chat_id", "step"), [(PERSON, HOUR), (GROUP, 3 * HOUR)])
async def test_p12_a_chat_has_a_short_burst_and_then_one_message_at_a_time(
    database: Database, chat_id: int, step: timedelta
) -> None:
    """A group longer between two than a person."""
    for number in range(9):
        await say(database, chat_id, f"{number}")
    burst = [await arrive(database, chat_id) for _ in range(4)]
    assert burst == ([1, 1, 1, 0] if chat_id > 0 else [1, 0, 0, 0])

    for pause in (HOUR, step, step):
        await pass_by(database, pause - timedelta(minutes=10))
        assert await arrive(database, chat_id) == 0
        await pass_by(database, timedelta(minutes=10))
        assert [await arrive(database, chat_id) for _ in range(2)] == [1, 0]


async def test_a_chat_that_has_had_enough_holds_up_no_other(database: Database) -> None:
    for number in range(5):
        await say(database, PERSON, f"{number}")
    while await arrive(database, PERSON):
        pass
    await say(database, ANOTHER, "hello")

    assert await arrive(database, ANOTHER) == 1


def test_without_being_told_otherwise_it_is_the_pace_that_telegram_allows() -> None:
    pace = Pace()

    assert pace.per_second == 30
    assert pace.refill + pace.most <= pace.per_second
    assert pace.step(group=False) >= timedelta(seconds=1)
    assert 20 * pace.step(group=True) >= timedelta(minutes=1)
