"""Check-ins that nobody answers."""

from datetime import datetime, timedelta

from domain.check_ins.outcomes import confirmed
from domain.check_ins.silence import fall_silent
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from tests.clock import MORNING, set_clock

A_DAY_LATER = MORNING + timedelta(hours=25)


async def confirm(database: Database, check_in: CheckIn) -> None:
    async with database.begin(SERVICE) as session:
        await confirmed(session, [check_in.id], session.now)


async def tick_at(database: Database, clock: Clock, moment: datetime) -> int:
    set_clock(clock, moment)
    async with database.begin(SERVICE) as session:
        return await fall_silent(session)
