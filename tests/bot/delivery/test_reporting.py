"""Outcomes are written back together: a transaction for each would take longer than the send."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event

from bot.delivery import reporting
from bot.delivery.outcome import Taken
from bot.delivery.pace import Pace
from bot.delivery.reporting import Reporting
from bot.delivery.sending import Sent
from bot.metrics.metrics import Metrics
from storage.sessions import Database


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
