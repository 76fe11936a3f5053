"""What answers may lie at Telegram still, or here and nobody has handled them."""

from datetime import timedelta

from sqlalchemy import update

from domain.returnees.chats import chat_id_of
from storage.inbox.arrivals import take_in
from storage.inbox.outages import NEWEST_TIME
from storage.sessions import SERVICE, Database
from storage.tables.inbox import InboxRow
from storage.tables.returnees import Returnee
from storage.tables.service import Fact


async def nothing_waited_at_telegram(database: Database, ago: timedelta) -> None:
    """Nobody has heard so since: the way there is cut."""
    await _write_down(database, "telegram-emptied", ago)


async def nobody_was_here(database: Database, ago: timedelta) -> None:
    """Nor was the database."""
    await _write_down(database, NEWEST_TIME, ago)


async def arrives(database: Database, person: Returnee) -> None:
    """Something that they sent, which nobody handles."""
    async with database.begin(SERVICE) as session:
        message = {"message_id": 5, "chat": {"id": chat_id_of(session, person)}, "text": "x"}
        await take_in(session, [{"update_id": 1, "message": message}])


async def all_is_handled(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(InboxRow).values(handled_at=session.now))


async def _write_down(database: Database, name: str, ago: timedelta) -> None:
    async with database.begin(SERVICE) as session:
        await session.merge(Fact(name=name, value={}, changed_at=session.database_now - ago))
