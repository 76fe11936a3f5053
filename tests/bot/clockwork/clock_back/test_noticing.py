"""That PostgreSQL's clock was ahead is noticed, once, and in time."""

import asyncio
from datetime import timedelta

from structlog.testing import capture_logs

from bot.clockwork.ticks import TICKS
from storage.sessions import SERVICE, Database
from storage.tables.service import Fact
from tests.bot.clockwork.clock_back.ahead import A_DAY, ahead, look
from tests.model.time import Time


async def test_two_replicas_say_once_that_the_clock_went_back_and_a_small_step_is_none(
    database: Database, time: Time
) -> None:
    with capture_logs() as lines:
        async with ahead(database, time, timedelta(seconds=3)):
            pass
        await look(database)
        assert lines == []
        async with ahead(database, time):
            pass
        await asyncio.gather(*(look(database) for _ in range(2)))
        for _ in range(3):
            await time.pass_by(timedelta(seconds=40))
            await look(database)
    (line,) = lines
    assert line["action"] == "clock.back"
    assert abs(line["number"] - A_DAY.total_seconds()) < 60
    async with database.begin(SERVICE) as session:
        newest = await session.get_one(Fact, "newest-time")
        assert "until" not in newest.value


def test_the_tick_looks_more_often_than_alerts_are_looked_for() -> None:
    seconds = {tick.name: tick.seconds for tick in TICKS}
    assert seconds["clock"] < seconds["escalate"]
