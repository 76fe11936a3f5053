"""What people say did not work, until somebody has looked at it."""

import asyncio
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.directory.files.reading import read_directory
from domain.directory.importing import import_directory, remove_source
from domain.directory.reports import have_looked, report, reported
from domain.errors import NotAllowed, Refused
from domain.queue.standing import standing_of
from storage.kinds import Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.directory import DirectoryService
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.directory.samples import clinic, json_file
from tests.racing import stands_still


@pytest.fixture
async def centre(database: Database, clock: Clock) -> Centre:
    set_clock(clock, MORNING)
    centre = await Centre.open(database, clock)
    await says(centre, assured_date="2026-01-10")
    return centre


async def says(centre: Centre, **changes: object) -> None:
    """The list, anew."""
    async with centre.database.begin(SERVICE) as session:
        reading = read_directory([json_file([clinic(**changes)])])
        await import_directory(session, reading, "test", session.now)


async def fails(centre: Centre, organisation: UUID | None = None) -> UUID:
    """Somebody says that it did not work."""
    async with centre.database.begin(SERVICE) as session:
        service = (await session.scalars(select(DirectoryService.id))).one()
        await report(session, service, organisation)
    return service


async def today(centre: Centre) -> date:
    async with centre.database.begin(SERVICE) as session:
        return session.now.date()


async def looks(centre: Centre, actor: Actor, service: UUID, last_on: date) -> bool:
    async with centre.database.begin(actor.organisation_id) as session:
        return await have_looked(session, actor, service, last_on)


async def listed(centre: Centre, actor: Actor) -> list[tuple[str, int]]:
    async with centre.database.begin(actor.organisation_id) as session:
        found = await reported(session, actor, "en")
        assert (await standing_of(session, actor)).services == len(found)
        assert all(each.last_on <= session.now.date() for each in found)
    return [(each.found.service.name, each.days) for each in found]


async def test_a_day_counts_once_however_often_it_is_said(centre: Centre) -> None:
    me = await centre.colleague(Role.COORDINATOR)
    assert await listed(centre, me) == []
    for days in (1, 2):
        for _ in range(3):
            await fails(centre)
        assert await listed(centre, me) == [("Clinic of the Old Port", days)]
        centre.later(days=1)


async def test_whoever_looked_at_it_has_it_off_the_list_until_it_is_said_again(
    centre: Centre,
) -> None:
    me = await centre.colleague(Role.COORDINATOR)
    service = await fails(centre)
    for was_there in (True, False):
        assert await looks(centre, me, service, await today(centre)) is was_there
        assert await listed(centre, me) == []
    await fails(centre)
    assert await listed(centre, me) == [("Clinic of the Old Port", 1)]


async def test_what_is_said_after_the_page_was_opened_is_still_to_be_looked_at(
    centre: Centre,
) -> None:
    me = await centre.colleague(Role.COORDINATOR)
    service, monday = await fails(centre), await today(centre)
    centre.later(days=1)
    await fails(centre)
    centre.later(days=1)
    with pytest.raises(Refused, match="Somebody said so again"):
        await looks(centre, me, service, monday)
    assert await listed(centre, me) == [("Clinic of the Old Port", 2)]
    assert await looks(centre, me, service, await today(centre))
    assert await listed(centre, me) == []


async def test_what_is_said_at_the_moment_of_the_press_is_still_to_be_looked_at(
    centre: Centre,
) -> None:
    me = await centre.colleague(Role.COORDINATOR)
    service, monday = await fails(centre), await today(centre)
    centre.later(days=1)

    async def presses() -> None:
        with pytest.raises(Refused, match="Somebody said so again"):
            await looks(centre, me, service, monday)

    async with asyncio.TaskGroup() as tasks, centre.database.begin(SERVICE) as session:
        await report(session, service, None)
        await stands_still(centre.database, tasks.create_task(presses()))
    assert await listed(centre, me) == [("Clinic of the Old Port", 2)]


async def test_what_the_list_itself_made_sure_of_since_is_looked_at(centre: Centre) -> None:
    me = await centre.colleague(Role.COORDINATOR)
    await fails(centre)
    await says(centre, assured_date="2026-01-10")
    assert len(await listed(centre, me)) == 1
    # A slip of the pen.
    await says(centre, assured_date="3026-01-10")
    assert len(await listed(centre, me)) == 1
    centre.later(days=3)
    await says(centre, assured_date=(await today(centre)).isoformat())
    assert await listed(centre, me) == []


async def test_a_service_that_has_closed_is_nothing_to_look_at(centre: Centre) -> None:
    me = await centre.colleague(Role.COORDINATOR)
    await fails(centre)
    await says(centre, status="defunct")
    assert await listed(centre, me) == []


async def test_what_is_said_of_a_service_goes_with_it(centre: Centre) -> None:
    me = await centre.colleague(Role.COORDINATOR)
    await fails(centre)
    async with centre.database.begin(SERVICE) as session:
        assert await remove_source(session, "nothing came from here") == 0
    assert len(await listed(centre, me)) == 1
    async with centre.database.begin(SERVICE) as session:
        assert await remove_source(session, "test") == 1
    assert await listed(centre, me) == []


async def test_what_is_said_at_the_moment_in_which_a_service_goes_is_kept_nowhere(
    centre: Centre,
) -> None:
    me = await centre.colleague(Role.COORDINATOR)
    service = await fails(centre)
    centre.later(days=1)

    async def presses() -> None:
        async with centre.database.begin(SERVICE) as session:
            await report(session, service, None)

    async with asyncio.TaskGroup() as tasks, centre.database.begin(SERVICE) as session:
        await remove_source(session, "test")
        await stands_still(centre.database, tasks.create_task(presses()))
    assert await listed(centre, me) == []


async def test_p10_it_is_told_to_whoever_keeps_the_directory_there_and_to_nobody_else(
    centre: Centre,
) -> None:
    theirs = await Centre.open(centre.database, centre.clock, "Durrës")
    other = await theirs.colleague(Role.COORDINATOR)
    service = await fails(centre, centre.organisation.id)
    assert await listed(theirs, other) == []
    async with centre.database.begin(SERVICE) as session:
        await have_looked(session, other, service, session.now.date())
    assert len(await listed(centre, await centre.colleague(Role.ADMIN))) == 1
    worker = await centre.colleague(Role.CASEWORKER)
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(NotAllowed):
            await reported(session, worker, "en")
        with pytest.raises(NotAllowed):
            await have_looked(session, worker, service, session.now.date())
        assert (await standing_of(session, worker)).services == 0
