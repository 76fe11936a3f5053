"""Somebody asks to be forgotten, and is."""

from datetime import timedelta

from sqlalchemy import update

from bot.clockwork.sweeping import sweep
from domain.privacy.asking import ask_to_be_forgotten
from domain.privacy.erasing import erase_next
from storage.kinds import OutboxState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee

# The ledger keeps that an id was dealt with, and nothing by which anybody could find whose it was.
IDS_STAY = {("audit_entry", "returnee"), ("audit_entry", "case")}


async def ask(database: Database, returnee: Returnee) -> None:
    async with database.begin(SERVICE) as session:
        await ask_to_be_forgotten(session, await session.get_one(Returnee, returnee.id))


async def erase(database: Database) -> int:
    steps = 0
    while True:
        async with database.begin(SERVICE) as session:
            if not await erase_next(session):
                return steps
        steps += 1


async def everything_is_sent_and_swept(database: Database, clock: Clock) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(
            update(OutboxRow).values(state=OutboxState.SENT, content=None, finished_at=session.now)
        )
    clock.offset += timedelta(hours=49)
    async with database.begin(SERVICE) as session:
        while await sweep(session):
            pass
