"""Days go by."""

from datetime import timedelta

from domain.privacy.erasing import erase_next
from domain.retention.forgetting import forget_old
from storage.sessions import SERVICE, Clock, Database
from storage.tables.returnees import Returnee
from tests.handlers.cries import all_comes


async def days_pass(database: Database, clock: Clock, number: int) -> None:
    """Whatever is on its way comes at once."""
    await all_comes(database)
    await days_go_by(database, clock, number)


async def days_go_by(database: Database, clock: Clock, number: int) -> None:
    clock.offset += timedelta(days=number)
    for work in (forget_old, erase_next):
        while True:
            async with database.begin(SERVICE) as session:
                if not await work(session):
                    break


async def were_told(database: Database, *people: Returnee) -> list[bool]:
    async with database.begin(SERVICE) as session:
        known = [await session.get_one(Returnee, person.id) for person in people]
        return [returnee.retention_told_at is not None for returnee in known]
