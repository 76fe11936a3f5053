"""From when a press counts that waited at Telegram while nobody of us was there."""

from datetime import UTC, datetime, timedelta
from time import time as clock_of_the_wall
from typing import Any

import pytest
from sqlalchemy import update

from bot.clockwork.clock_back import bring_back
from bot.intake.freshness import Freshness
from bot.lanes.lanes import Lanes
from bot.metrics.metrics import Metrics
from storage.inbox.arrivals import take_in
from storage.sessions import SERVICE, Database
from storage.tables.service import Fact
from tests.bot.notebooks import Attentive, drain, message, take


def press(update_id: int, ago: timedelta) -> dict[str, Any]:
    """Of a button below a message that was sent so long ago."""
    shown = message(update_id)["message"]
    shown["date"] = int((datetime.now(UTC) - ago).timestamp())
    return {"update_id": update_id, "callback_query": {"id": "1", "message": shown, "from": {}}}


async def be_away(database: Database, so_long: timedelta, *, looked: bool) -> None:
    """Until now; `looked`: the tick has noticed."""
    async with database.begin(SERVICE) as session:
        await bring_back(session)
    async with database.begin(SERVICE) as session:
        await session.execute(update(Fact).values(changed_at=session.database_now - so_long))
    if looked:
        async with database.begin(SERVICE) as session:
            await bring_back(session)


@pytest.mark.parametrize("looked", [False, True])
async def test_p4_a_press_that_waited_while_we_were_down_counts_from_when_we_went(
    database: Database, looked: bool
) -> None:
    """As far as anybody knows it was made just then, so its answer waits for their hours."""
    attentive, night = Attentive(), timedelta(hours=7)
    await be_away(database, night, looked=looked)
    await take(database, press(1, timedelta(days=1)), press(2, timedelta(minutes=1)))
    await drain(Lanes(database, attentive, Metrics()))

    waited, fresh = attentive.asked_ago
    assert abs(waited - night) < timedelta(minutes=1)
    # What we sent since then can only have been pressed since then.
    assert fresh < timedelta(minutes=2)


@pytest.mark.parametrize("back_at", ["before", "after"])
async def test_p4_a_clock_that_was_set_back_hides_not_that_we_were_down(
    database: Database, back_at: str
) -> None:
    attentive, night = Attentive(), timedelta(hours=7)
    await be_away(database, night, looked=back_at == "after")
    if back_at == "before":
        # We went down within the minute, in which what came late was still looked for.
        over = {"until": (datetime.now(UTC) - night).isoformat()}
        async with database.begin(SERVICE) as session:
            await session.execute(update(Fact).values(value=over))
            await bring_back(session)
    else:
        await be_away(database, -timedelta(seconds=10), looked=True)
    await take(database, press(1, timedelta(days=1)))
    await drain(Lanes(database, attentive, Metrics()))

    assert abs(attentive.asked_ago[0] - night) < timedelta(minutes=1)


async def test_p11_a_press_that_comes_fresh_right_after_we_were_down_is_answered_at_once(
    database: Database,
) -> None:
    """What had waited at Telegram has come already: it was promised an answer by now."""
    attentive = Attentive()
    await be_away(database, timedelta(minutes=40), looked=True)
    await take(database, press(1, timedelta(days=1)), is_fresh=True)
    await drain(Lanes(database, attentive, Metrics()))

    assert attentive.asked_ago[0] < timedelta(minutes=1)


async def test_a_press_counts_from_when_it_comes_while_we_are_there(database: Database) -> None:
    attentive = Attentive()
    for _ in range(2):
        async with database.begin(SERVICE) as session:
            await bring_back(session)
    await take(database, press(1, timedelta(days=1)))
    await drain(Lanes(database, attentive, Metrics()))

    assert attentive.asked_ago[0] < timedelta(minutes=1)


@pytest.mark.parametrize("full", [False, True])
async def test_p4_a_press_that_waited_while_the_way_to_telegram_was_cut_counts_from_then(
    database: Database, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    """We ran, and asked in vain. Behind a full answer more may have waited as long."""
    attentive, night = Attentive(), timedelta(hours=7)
    for _ in range(2):
        async with database.begin(SERVICE) as session:
            await bring_back(session)
    answered, now = Freshness().answered(1), clock_of_the_wall()
    monkeypatch.setattr("bot.intake.freshness.time", lambda: now + night.total_seconds())
    if full:
        answered = answered.answered(100)
    async with database.begin(SERVICE) as session:
        came = [press(1, timedelta(days=1))]
        await take_in(session, came, is_fresh=answered.is_fresh, waited=answered.waited)
    await drain(Lanes(database, attentive, Metrics()))

    assert abs(attentive.asked_ago[0] - night) < timedelta(minutes=1)
