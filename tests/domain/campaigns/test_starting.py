"""Nothing is started but what somebody has looked at."""

import asyncio

import pytest

from domain.actors import Actor
from domain.campaigns import edit, start, undo
from domain.campaigns.placing import asked_in
from domain.errors import Refused
from storage.kinds import CampaignState
from storage.sessions import SERVICE, Database
from storage.tables.campaigns import Campaign
from tests.domain.campaigns.campaigning import begun, changes, drafted, outline, rows
from tests.domain.checking_in import Office, add_person
from tests.racing import stands_still


@pytest.fixture(autouse=True)
async def person(database: Database, office: Office) -> None:
    async with database.begin(SERVICE) as session:
        await add_person(session, office.organisation, 700_001, country="MA")


async def starts(database: Database, actor: Actor, seen: Campaign) -> Campaign:
    """By the page that showed it so."""
    async with database.begin(SERVICE) as session:
        return await start(session, actor, seen.id, seen=seen.version)


async def test_what_a_colleague_changed_since_it_was_looked_at_does_not_start(
    database: Database, office: Office
) -> None:
    seen = await drafted(database, office.coordinator, countries=["AL"])
    changed = await changes(database, office, seen)
    with pytest.raises(Refused, match="changed this meanwhile"):
        await starts(database, office.coordinator, seen)
    assert await rows(database) == []

    begun = await starts(database, office.coordinator, changed)
    assert begun.state is CampaignState.RUNNING


async def test_what_was_started_and_taken_back_since_is_looked_at_again(
    database: Database, office: Office
) -> None:
    seen = await begun(database, office)
    async with database.begin(SERVICE) as session:
        await undo(session, office.coordinator, seen.id)
    with pytest.raises(Refused, match="changed this meanwhile"):
        await starts(database, office.coordinator, seen)


async def test_race_of_a_change_and_a_start_nothing_starts_that_nobody_looked_at(
    database: Database, office: Office
) -> None:
    seen = await drafted(database, office.coordinator)

    async def at_that_moment() -> None:
        with pytest.raises(Refused, match="changed this meanwhile"):
            await starts(database, office.coordinator, seen)

    async with asyncio.TaskGroup() as group, database.begin(SERVICE) as session:
        await edit(session, office.coordinator, seen.id, outline(max_lateness_hours=48))
        await stands_still(database, group.create_task(at_that_moment()))
    assert await rows(database) == []


async def test_another_version_of_its_questionnaire_than_was_looked_at_does_not_start(
    database: Database, office: Office
) -> None:
    seen = await drafted(database, office.coordinator)
    async with database.begin(SERVICE) as session:
        key, _, version = (await asked_in(session, seen)).edition.rpartition("@")
    older = f"{key}@{int(version) - 1}"
    with pytest.raises(Refused, match="changed this meanwhile"):
        async with database.begin(SERVICE) as session:
            await start(session, office.coordinator, seen.id, asks=older)
    assert await rows(database) == []

    async with database.begin(SERVICE) as session:
        await start(session, office.coordinator, seen.id, asks=f"{key}@{version}")
    assert await rows(database) != []
