"""Whoever looks at the demo finds a referral to answer, and a partner that has a mailbox only."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.demo.seed import CENTRE, seed, ways_in
from dialogs.states import MenuStates
from dialogs.welcome.going_on import left_to_ask
from domain.referrals.partners import list_mail_partners
from domain.referrals.reading import read_referral, received
from domain.returnees.regions import regions_of
from domain.staff import actor_of
from simulator.simulator import Simulator
from storage.kinds import ReferralState, Role
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.returnees import Enrolment, Returnee
from storage.tables.staff import Staff


@pytest.fixture(autouse=True)
async def _seeded(database: Database) -> None:
    simulator = Simulator("1:token", username="bot", clock=lambda: datetime.now(UTC))
    async with database.begin(SERVICE) as session:
        await seed(session, simulator.phones)


async def test_another_organisation_asks_the_centre_to_help_and_a_shelter_is_asked_by_mail(
    database: Database,
) -> None:
    async with database.begin(SERVICE) as session:
        staff = {
            each.role: actor_of(each)
            for each in await session.scalars(
                select(Staff)
                .join(Organisation, Organisation.id == Staff.organisation_id)
                .where(Organisation.name == CENTRE)
            )
        }
        [line] = (await received(session, staff[Role.CASEWORKER])).lines
        assert (line.state, line.waits_for_us) == (ReferralState.OFFERED, True)
        letter = (await read_referral(session, staff[Role.CASEWORKER], line.id)).letter
        assert letter is not None
        assert "A place to sleep" in letter.need
        [partner] = await list_mail_partners(session, staff[Role.COORDINATOR])
        assert partner.name == "Harbour House"


async def test_whoever_enrolled_before_the_demo_began_is_led_to_the_menu(
    database: Database,
) -> None:
    async with database.begin(SERVICE) as session:
        enrolled = (await session.scalars(select(Returnee).join(Enrolment).distinct())).all()
        assert len(enrolled) >= 2
        assert {
            await left_to_ask(session, returnee) for returnee in enrolled if returnee.arrived_at
        } == {MenuStates.main}


async def test_each_role_that_the_pages_for_staff_speak_of_has_somebody_who_can_come_in(
    database: Database,
) -> None:
    async with database.begin(SERVICE) as session:
        assert set((await ways_in(session)).set_ups) == {role.value for role in Role}


async def test_the_directory_of_the_demo_names_regions_that_somebody_can_be_in(
    database: Database,
) -> None:
    async with database.begin(SERVICE) as session:
        assert "Tirana" in await regions_of(session, "AL")
