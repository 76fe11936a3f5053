"""What a release does not know of the one after it."""

from datetime import timedelta

from sqlalchemy import text

from domain.check_ins.sending import send_due
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from tests.clock import MORNING, set_clock
from tests.domain.checking_in import add_person, open_office, plan_check_in
from tests.simulator_server import RunningSimulator

HALF_A_MINUTE = timedelta(seconds=31)


def reader(telegram: RunningSimulator) -> int:
    """The chat of somebody whom the bot may write to."""
    person = telegram.add_user()
    person.started = True
    return person.id


async def change(database: Database, statement: str, **values: object) -> None:
    """As a newer release would write it."""
    async with database.begin(SERVICE) as session:
        await session.execute(text(statement), values)


async def prompts(
    database: Database, telegram: RunningSimulator, clock: Clock
) -> tuple[tuple[int, CheckIn], tuple[int, CheckIn]]:
    """Two people's, on their way: their chats and check-ins."""
    set_clock(clock, MORNING)
    office = await open_office(database)
    chats = [reader(telegram) for _ in range(2)]
    async with database.begin(SERVICE) as session:
        one, other = [
            await plan_check_in(
                session, await add_person(session, office.organisation, chat), office
            )
            for chat in chats
        ]
    async with database.begin(SERVICE) as session:
        assert await send_due(session) == 2
    return (chats[0], one), (chats[1], other)
