"""A courier at work, and what it brings."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from bot.delivery.courier import Courier
from domain.check_ins.sending import send_due
from simulator.memory.users import User
from storage.sessions import SERVICE, Database
from tests.domain.checking_in import Office, add_person, open_office, plan_check_in
from tests.simulator_server import RunningSimulator


def user(telegram: RunningSimulator) -> User:
    """Somebody who has opened the chat, as Telegram demands before a bot may write."""
    person = telegram.add_user()
    telegram.send_text(person, "/start")
    return person


async def deliver(courier: Courier) -> None:
    """All that may go, until nothing may."""
    more: timedelta | None = timedelta()
    while more is not None:
        async with asyncio.TaskGroup() as group:
            more = await courier.deliver_some(group)


def words(telegram: RunningSimulator, person: User) -> list[str]:
    return [message.words for message in telegram.from_bot(person)]


async def ask(database: Database, people: Sequence[int]) -> Office:
    """Their prompts wait in the outbox."""
    office = await open_office(database, f"Office of {people[0]}")
    async with database.begin(SERVICE) as session:
        for number in people:
            await plan_check_in(
                session, await add_person(session, office.organisation, number), office
            )
    async with database.begin(SERVICE) as session:
        await send_due(session)
    return office
