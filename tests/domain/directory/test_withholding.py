"""What an organisation does not show to its people any more."""

from uuid import UUID

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.directory.files.reading import read_directory
from domain.directory.finding import Search, find_services
from domain.directory.importing import import_directory, remove_source
from domain.directory.listing import countries, places
from domain.directory.reports import report, reported
from domain.directory.withholding import is_withheld, list_withheld, show_again, withhold
from domain.errors import NotAllowed, Refused
from storage.kinds import Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.audit import AuditEntry
from storage.tables.directory import DirectoryService
from tests.domain.centre import Centre
from tests.domain.directory.samples import clinic, json_file

WHY = "They take the passports."


@pytest.fixture
async def centre(database: Database, clock: Clock) -> Centre:
    centre = await Centre.open(database, clock)
    await imports(centre)
    return centre


async def imports(centre: Centre) -> UUID:
    async with centre.database.begin(SERVICE) as session:
        reading = read_directory([json_file([clinic()])])
        await import_directory(session, reading, "test", session.now)
        return (await session.scalars(select(DirectoryService.id))).one()


async def withholds(centre: Centre, actor: Actor, why: str = WHY) -> UUID:
    async with centre.database.begin(actor.organisation_id) as session:
        service = (await session.scalars(select(DirectoryService.id))).one()
        await withhold(session, actor, service, why)
    return service


async def shown(centre: Centre) -> bool:
    """To those whom this organisation accompanies."""
    shown_by = [centre.organisation.id]
    async with centre.database.begin(SERVICE) as session:
        now = session.now
        found = await find_services(session, Search(shown_by=shown_by), now=now)
        assert bool(await countries(session, now=now, shown_by=shown_by)) is bool(found)
        assert bool(await places(session, now=now, shown_by=shown_by)) is bool(found)
        assert len(await find_services(session, Search(), now=now)) == 1
    return bool(found)


async def withheld(centre: Centre, actor: Actor) -> list[tuple[str, str]]:
    async with centre.database.begin(actor.organisation_id) as session:
        found = await list_withheld(session, actor, "en")
    return [(each.found.service.name, each.reason) for each in found.values()]


async def test_a_service_is_off_however_it_is_imported_until_it_is_shown_again(
    centre: Centre,
) -> None:
    me = await centre.colleague(Role.COORDINATOR)
    await withholds(centre, me)
    # Sent twice, it is one; and whoever comes second changes nothing.
    await withholds(centre, me)
    with pytest.raises(Refused, match="changed this meanwhile"):
        await withholds(centre, me, "They are closed on Sundays.")
    for removed_before in (False, True):
        if removed_before:
            async with centre.database.begin(SERVICE) as session:
                await remove_source(session, "test")
        service = await imports(centre)
        assert await withheld(centre, me) == [("Clinic of the Old Port", WHY)]
        assert not await shown(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        assert await show_again(session, me, service)
        assert not await show_again(session, me, service)
    assert (await shown(centre), await withheld(centre, me)) == (True, [])
    async with centre.database.begin(SERVICE) as session:
        by_me = select(AuditEntry).where(AuditEntry.staff_id == me.staff_id)
        written = (await session.scalars(by_me.order_by(AuditEntry.number))).all()
    assert [each.action for each in written] == ["service.withheld", "service.shown-again"]
    assert "passports" not in str([each.detail for each in written])


async def test_what_was_said_of_a_service_is_looked_at_once_it_is_withheld(centre: Centre) -> None:
    me = await centre.colleague(Role.COORDINATOR)
    async with centre.database.begin(SERVICE) as session:
        service = (await session.scalars(select(DirectoryService.id))).one()
        await report(session, service, centre.organisation.id)
    await withholds(centre, me)
    async with centre.database.begin(centre.organisation.id) as session:
        assert await reported(session, me, "en") == []


async def test_p10_each_organisation_withholds_from_its_own_people_alone(centre: Centre) -> None:
    theirs = await Centre.open(centre.database, centre.clock, "Durrës")
    other = await theirs.colleague(Role.COORDINATOR)
    service = await withholds(centre, await centre.colleague(Role.COORDINATOR))
    assert (await shown(centre), await shown(theirs)) == (False, True)
    assert await withheld(theirs, other) == []
    async with centre.database.begin(SERVICE) as session:
        assert not await show_again(session, other, service)
        assert await is_withheld(session, [centre.organisation.id], service)
        assert not await is_withheld(session, [theirs.organisation.id], service)


async def test_only_whoever_keeps_the_directory_withholds_and_says_why(centre: Centre) -> None:
    worker = await centre.colleague(Role.CASEWORKER)
    with pytest.raises(NotAllowed):
        await withholds(centre, worker)
    with pytest.raises(Refused, match="in a sentence why"):
        await withholds(centre, await centre.colleague(Role.COORDINATOR), "")
    async with centre.database.begin(centre.organisation.id) as session:
        service = (await session.scalars(select(DirectoryService.id))).one()
        with pytest.raises(NotAllowed):
            await show_again(session, worker, service)
