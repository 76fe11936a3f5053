"""Outcomes are written back together: a transaction for each would take longer than the send."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from bot.delivery import outcome, reporting
from bot.delivery.courier import Courier
from bot.delivery.outcome import Taken
from bot.delivery.pace import Pace
from bot.delivery.reporting import Reporting
from bot.delivery.sending import Sent
from bot.metrics.metrics import Metrics
from storage.kinds import OutboxState
from storage.sessions import Database
from tests.bot.delivering import tries, user, words
from tests.bot.outgoing import row, say
from tests.simulator_server import RunningSimulator


async def test_what_ends_soon_after_others_were_written_goes_into_one_transaction(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "_JUST_NOW", timedelta(hours=1))
    commits: list[object] = []
    event.listen(database.engine.sync_engine, "commit", commits.append)
    reports = Reporting(database, Pace(), Metrics())

    await reports.keep(Taken(uuid4(), 1), Sent(1))
    assert len(commits) == 1

    await asyncio.gather(*(reports.keep(Taken(uuid4(), 1), Sent(number)) for number in range(5)))
    assert len(commits) == 2


async def test_many_that_ended_wait_for_no_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until they are written, others have no place on the way."""
    monkeypatch.setattr(reporting, "_JUST_NOW", timedelta(hours=1))
    monkeypatch.setattr(reporting, "_MOMENT", timedelta(hours=1))
    reports = Reporting(database, Pace(), Metrics())

    await reports.keep(Taken(uuid4(), 1), Sent(1))
    async with asyncio.timeout(30):
        many = range(reporting._ENOUGH)
        await asyncio.gather(*(reports.keep(Taken(uuid4(), 1), Sent(each)) for each in many))


async def test_p12_what_can_never_be_written_down_is_sent_a_few_times_and_then_has_failed(
    database: Database,
    courier: Courier,
    telegram: RunningSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It would come each minute for ever, and nothing of its chat but that (P1)."""
    book = outcome.sent

    async def never(session: Any, pace: Any, arrived: Sequence[tuple[Taken, Sent]]) -> Any:
        if any(taken.id == unkept.id for taken, _ in arrived):
            raise LookupError
        return await book(session, pace, arrived)

    monkeypatch.setattr(outcome, "sent", never)
    person = user(telegram)
    unkept = await say(database, person.id, "hello")
    later = await say(database, person.id, "what comes after it")
    await tries(database, courier, 12)

    assert words(telegram, person) == 7 * ["hello"] + ["what comes after it"]
    states = [(await row(database, each)).state for each in (unkept, later)]
    assert states == [OutboxState.FAILED, OutboxState.SENT]
