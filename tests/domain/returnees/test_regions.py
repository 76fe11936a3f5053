"""A region is as coarse as the directory has it, and written down only if they agree."""

import pytest

from domain.campaigns import preview
from domain.check_ins.eligibility import Exclusion
from domain.directory.files.reading import read_directory
from domain.directory.importing import import_directory
from domain.errors import Refused
from domain.pathways.moving import be_in
from domain.privacy.copying import copy_of
from domain.returnees.regions import regions_of, regions_there, write_down_region
from storage.sessions import SERVICE, Clock, Database
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.campaigns.campaigning import drafted
from tests.domain.checking_in import Office, add_person, open_office
from tests.domain.directory.samples import clinic, json_file


@pytest.fixture
async def office(database: Database, clock: Clock) -> Office:
    set_clock(clock, MORNING)
    async with database.begin(SERVICE) as session:
        await import_directory(session, read_directory([json_file([clinic()])]), "t", session.now)
    return await open_office(database)


@pytest.fixture
async def person(database: Database, office: Office) -> Returnee:
    async with database.begin(SERVICE) as session:
        await add_person(session, office.organisation, 2)
        return await add_person(session, office.organisation, 1)


async def write_down(
    database: Database, office: Office, person: Returnee, region: str | None, *, agreed: bool = True
) -> None:
    async with database.begin(office.organisation.id) as session:
        await write_down_region(session, office.coordinator, person.id, region, agreed=agreed)


async def test_p14_a_region_is_one_of_the_directory_and_theirs_to_give_and_take_back(
    database: Database, office: Office, person: Returnee
) -> None:
    with pytest.raises(Refused, match="Ask them first"):
        await write_down(database, office, person, "Durrës", agreed=False)
    with pytest.raises(Refused, match="no such region"):
        await write_down(database, office, person, "Rruga e Portit 1")
    await write_down(database, office, person, "Durrës")
    async with database.begin(SERVICE) as session:
        assert await regions_of(session, "AL") == ["Durrës"]
        assert await regions_of(session, "MA") == []
        copy = await copy_of(session, await session.get_one(Returnee, person.id))
        assert copy.region == "Durrës"

    await write_down(database, office, person, None, agreed=False)
    async with database.begin(office.organisation.id) as session:
        assert await regions_there(session, office.coordinator) == []


async def test_a_campaign_can_be_for_a_region_and_another_country_wipes_it_out(
    database: Database, office: Office, person: Returnee
) -> None:
    await write_down(database, office, person, "Durrës")
    async with database.begin(office.organisation.id) as session:
        assert await regions_there(session, office.coordinator) == ["AL/Durrës"]
    campaign = await drafted(database, office.coordinator, regions=["AL/Durrës"])
    async with database.begin(office.organisation.id) as session:
        seen = await preview(session, office.coordinator, campaign.id)
    assert (seen.included, seen.excluded) == (1, {Exclusion.WRONG_GROUP: 1})

    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await be_in(session, returnee, "MA", "Africa/Casablanca")
        assert returnee.region is None
    with pytest.raises(Refused, match="no region"):
        await drafted(database, office.coordinator, regions=["Durrës"], name="Another")
