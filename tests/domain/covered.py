"""What lies covered on a phone that others read, for tests."""

from bot.clockwork.sweeping import sweep
from bot.delivery.outcome import Taken, sent
from bot.delivery.sending import Sent
from storage.sessions import SERVICE, Database, Session
from storage.tables.cases import Message
from storage.tables.outbox import OutboxRow
from tests.bot.outgoing import HURRIED


async def comes_covered(session: Session, message: Message, number: int) -> None:
    """A worker's words."""
    await lies_covered(session, await session.get_one(OutboxRow, message.outbox_id), number)


async def lies_covered(session: Session, row: OutboxRow, number: int) -> None:
    """Nobody has opened it yet."""
    cover = Taken(row.id, row.fence, covers=True)
    await sent(session, HURRIED, [(cover, Sent(number))])


async def swept(database: Database) -> None:
    """What has had its time goes."""
    async with database.begin(SERVICE) as session:
        while await sweep(session):
            pass
