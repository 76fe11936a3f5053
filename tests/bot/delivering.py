"""A courier at work, and what it brings."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from bot.delivery.courier import Courier
from domain.check_ins.sending import send_due
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee
from simulator.memory.users import User
from storage.sessions import SERVICE, Database, Session
from storage.tables.returnees import Returnee
from tests.domain.checking_in import Office, add_person, open_office, plan_check_in
from tests.simulator_server import RunningSimulator

_OPEN_ALL_CHATS = text(
    "UPDATE outbox_lane SET open_at = clock_timestamp(), closed_until = clock_timestamp()"
)


def user(telegram: RunningSimulator) -> User:
    """Somebody who has opened the chat, as Telegram demands before a bot may write."""
    person = telegram.add_user()
    telegram.send_text(person, "/start")
    return person


async def accompanied(session: Session, chat_id: int, **about: Any) -> Returnee:
    """Somebody of an organisation, on whose phone that chat is."""
    centre = await add_organisation(session, "Centre", country="AL")
    return await add_returnee(session, chat_id, centre, "en", **about)


async def deliver(courier: Courier) -> None:
    """All that may go, until nothing may."""
    more: timedelta | None = timedelta()
    while more is not None:
        async with asyncio.TaskGroup() as group:
            more = await courier.deliver_some(group)


async def tries(database: Database, courier: Courier, number: int) -> None:
    """So often, without the waits between them."""
    for _ in range(number):
        await deliver(courier)
        async with database.begin(SERVICE) as session:
            await session.execute(_OPEN_ALL_CHATS)


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
