"""A campaign that is asked, counted and read."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from domain.campaigns import count_next, results
from domain.campaigns.results import Results
from domain.check_ins.outcomes import confirmed
from domain.check_ins.sending import send_due
from storage.kinds import Purpose
from storage.sessions import SERVICE, Clock, Database
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.clock import set_clock
from tests.domain.campaigns.campaigning import started
from tests.domain.checking_in import Office, add_person

SIX = datetime(2026, 5, 5, 16, tzinfo=UTC)


ASKED = SIX + timedelta(minutes=1)


OVER = ASKED + timedelta(days=9)


async def asked(
    database: Database,
    office: Office,
    clock: Clock,
    people: int,
    agrees_to: tuple[Purpose, ...],
    **changed: Any,
) -> tuple[Campaign, list[Returnee]]:
    async with database.begin(SERVICE) as session:
        found = [
            await add_person(
                session, office.organisation, 700_000 + each, agrees_to=agrees_to, country="AL"
            )
            for each in range(people)
        ]
    return await ask(database, office, clock, **changed), found


async def ask(database: Database, office: Office, clock: Clock, **changed: Any) -> Campaign:
    campaign = await started(database, office, **changed)
    set_clock(clock, ASKED)
    async with database.begin(SERVICE) as session:
        await send_due(session)
        await session.flush()
        await confirmed(session, list(await session.scalars(select(CheckIn.id))), session.now)
    return campaign


async def count(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await count_next(session)


async def read(database: Database, office: Office, campaign: Campaign) -> Results:
    async with database.begin(office.organisation.id) as session:
        return await results(session, office.coordinator, campaign.id)
