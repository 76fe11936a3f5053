"""Somebody is forgotten in the very moment in which what came back is counted."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from domain.campaigns.tally import count_and_remove
from domain.figures.traits import counts_by_trait
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.clock import set_clock
from tests.domain.campaigns.counting import OVER, asked, count, read
from tests.domain.checking_in import EVERYTHING, Office
from tests.racing import stands_still


async def is_forgotten(database: Database, person: Returnee) -> None:
    async with database.begin(SERVICE) as session:
        theirs = select(CheckIn).where(CheckIn.returnee_id == person.id)
        await count_and_remove(session, (await session.scalars(theirs)).all())


async def test_p14_race_of_counting_a_campaign_and_forgetting_somebody_whom_it_asked(
    database: Database, office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is counted twice, once as themselves and once among those who are gone."""
    campaign, people = await asked(database, office, clock, 14, EVERYTHING)
    set_clock(clock, OVER)
    async with asyncio.TaskGroup() as group:

        async def counts_as_somebody_goes(*which: Any) -> object:
            counts = await counts_by_trait(*which)
            forgetting = group.create_task(is_forgotten(database, people[0]))
            await stands_still(database, forgetting)
            return counts

        monkeypatch.setattr("domain.campaigns.counting.counts_by_trait", counts_as_somebody_goes)
        assert await count(database) == 1
    found = await read(database, office, campaign)

    assert found.last
    # Rounded down; of one more it would be fifteen.
    assert found.last.figures.whole.people == 10
