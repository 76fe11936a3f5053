"""A campaign for those who are at a stage of their pathway."""

from datetime import date

import pytest

from domain.campaigns import preview
from domain.check_ins.eligibility import Exclusion
from domain.errors import Refused
from domain.pathways.placing import Place, put
from domain.pathways.values import Anchor
from storage.kinds import CheckInState
from storage.sessions import SERVICE, Database
from storage.tables.returnees import Returnee
from tests.domain.campaigns.campaigning import drafted, rows, started
from tests.domain.checking_in import Office, add_person

FIRST_DAYS = "care-and-tact/first-days"


async def at(database: Database, office: Office, number: int, arrived: date | None) -> Returnee:
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, number)
    if arrived is not None:
        async with database.begin(office.organisation.id) as session:
            place = Place("care-and-tact", {Anchor.ARRIVAL: arrived})
            await put(session, office.coordinator, person.id, place, {})
    return person


async def test_only_whoever_is_at_that_stage_when_it_is_planned_is_asked(
    database: Database, office: Office
) -> None:
    there = await at(database, office, 1, date(2026, 4, 30))
    await at(database, office, 2, date(2026, 3, 1))
    await at(database, office, 3, None)
    campaign = await drafted(database, office.coordinator, stages=[FIRST_DAYS], name="A look")
    async with database.begin(office.organisation.id) as session:
        seen = await preview(session, office.coordinator, campaign.id)
    assert (seen.included, seen.excluded) == (1, {Exclusion.WRONG_GROUP: 2})

    await started(database, office, stages=[FIRST_DAYS])
    asked = [row for row in await rows(database) if row.campaign_id and not row.pathway]
    assert [(row.returnee_id, row.state) for row in asked] == [(there.id, CheckInState.PLANNED)]


@pytest.mark.parametrize("stage", ["first-days", "care-and-tact/", "care-and-tact/month-99"])
async def test_a_stage_that_is_none_is_refused(
    database: Database, office: Office, stage: str
) -> None:
    with pytest.raises(Refused, match="stage"):
        await drafted(database, office.coordinator, stages=[stage])
