"""Covered questions, and pressing them."""

from sqlalchemy import select

from bot.delivery.outcome import Taken, sent
from bot.delivery.sending import Sent
from storage.kinds import NoticeClass, OutboxState
from storage.sessions import SERVICE, Database
from storage.tables.outbox import OutboxRow
from tests.bot.outgoing import HURRIED

ASKS = OutboxRow.notice_class == NoticeClass.ROUTINE


async def comes(database: Database, number: int) -> None:
    async with database.begin(SERVICE) as session:
        waits = select(OutboxRow).where(ASKS, OutboxRow.state == OutboxState.WAITING)
        row = (await session.scalars(waits)).one()
        await sent(session, HURRIED, [(Taken(row.id, row.fence), Sent(number))])


PLACES = """
| survey |
| | type | name | label::English (en) |
| | integer | nights | For how many nights do you have a place? |
| | integer | children | How many children are with you? |
| settings |
| | form_title | form_id | default_language |
| | First days | first-days | English (en) |
"""
