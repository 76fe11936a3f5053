"""Rows of the outbox for tests."""

from datetime import timedelta
from typing import Any

from bot.delivery.pace import Pace
from bot.delivery.packing import Leased
from bot.delivery.wording import Wire, wire
from locales.catalogues import Catalogues
from storage.kinds import NoticeClass
from storage.outbox.letters import Delivery, content_of
from storage.sessions import SERVICE, Database, Session
from storage.tables.outbox import OutboxRow
from tests.documents import put

REPLY = Delivery(NoticeClass.REPLY)
HURRIED = Pace(1000, timedelta(), 1)


async def say(database: Database, chat_id: int, words: str, **how: Any) -> OutboxRow:
    content = {"window": {"text": words, "markup": None}, **how}
    async with database.begin(SERVICE) as session:
        return await put(session, chat_id, content, REPLY)


async def row(database: Database, one: Leased) -> OutboxRow:
    async with database.begin(SERVICE) as session:
        return await session.get_one(OutboxRow, one.id)


async def worded(session: Session, row: OutboxRow) -> Wire:
    """The calls that it would lead to now."""
    return await wire(session, row, content_of(row, session.keys), Catalogues.load())
