"""Campaigns as a coordinator runs them, and the tick that plans them."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain.actors import Actor
from domain.campaigns import Outline, draft, edit, plan_next, start
from storage.sessions import SERVICE, Database
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn
from tests.domain.checking_in import Office

AT_SIX = datetime.fromisoformat("2026-05-05T18:00")


def outline(**changed: Any) -> Outline:
    facts: dict[str, Any] = {
        "name": "First month",
        "questionnaire": "safety-and-needs",
        "local_time": AT_SIX,
    }
    return Outline(**{**facts, **changed})


async def drafted(database: Database, actor: Actor, **changed: Any) -> Campaign:
    async with database.begin(actor.organisation_id) as session:
        return await draft(session, actor, outline(**changed))


async def begun(database: Database, office: Office, **changed: Any) -> Campaign:
    """Started, and the first batch planned."""
    campaign = await drafted(database, office.coordinator, **changed)
    async with database.begin(office.organisation.id) as session:
        return await start(session, office.coordinator, campaign.id)


async def started(database: Database, office: Office, **changed: Any) -> Campaign:
    """Started, and planned to the end."""
    campaign = await begun(database, office, **changed)
    while await tick(database):
        pass
    return campaign


async def changes(
    database: Database, office: Office, campaign: Campaign, **changed: Any
) -> Campaign:
    """All but that is as it usually is; and planned anew to the end."""
    async with database.begin(SERVICE) as session:
        done = await edit(session, office.coordinator, campaign.id, outline(**changed))
    while await tick(database):
        pass
    return done


async def tick(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await plan_next(session)


async def rows(database: Database) -> list[CheckIn]:
    async with database.begin(SERVICE) as session:
        return list(await session.scalars(select(CheckIn)))
