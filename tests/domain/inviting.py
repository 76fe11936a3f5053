"""People whom one invited oneself: who did is not told what they agreed to (P5)."""

from datetime import datetime

import pytest

from domain.actors import Actor
from domain.staff import add_staff
from storage.kinds import Purpose, Role
from storage.sessions import SERVICE, Database
from storage.tables.returnees import Returnee
from tests.domain.checking_in import EVERYTHING, Office, add_person, invite_in

AGREED_OR_NOT = pytest.mark.parametrize("agrees_to", [EVERYTHING, ()], ids=["agreed", "refused"])


async def own(
    database: Database,
    office: Office,
    number: int,
    agrees_to: tuple[Purpose, ...],
    arrived_at: datetime | None = None,
) -> Returnee:
    """Somebody whom the coordinator invited."""
    async with database.begin(SERVICE) as session:
        person = await add_person(
            session,
            office.organisation,
            number,
            invited=False,
            agrees_to=agrees_to,
            arrived_at=arrived_at,
        )
        await invite_in(session, person, office.organisation, office.coordinator)
    return person


async def colleague(database: Database, office: Office) -> Actor:
    """Who invited nobody."""
    async with database.begin(SERVICE) as session:
        jon = await add_staff(session, "Jon", office.organisation, Role.COORDINATOR)
    return Actor(jon.id, office.organisation.id, Role.COORDINATOR)
