"""What people have sent, and nobody has handled yet: it lies here, or at Telegram still. Whoever
may have answered by it has not fallen silent.
"""

from sqlalchemy import ColumnElement, LargeBinary, exists, literal, select, text
from sqlalchemy.orm import QueryableAttribute

from storage.inbox.outages import away_since, emptied_ago
from storage.sessions import Session
from storage.tables.inbox import WAITS_IN_ITS_CHAT, InboxRow


async def may_lie_at_telegram(session: Session) -> bool:
    """Nobody has heard since that nothing waits there, or we were away a moment ago."""
    return await emptied_ago(session) is not None or await away_since(session) is not None


def lies_here(lane: QueryableAttribute[bytes] | ColumnElement[bytes]) -> ColumnElement[bool]:
    """Within a query: something from this chat waits to be handled."""
    return exists().where(InboxRow.lane == lane, text(WAITS_IN_ITS_CHAT))


async def is_under_way(session: Session, lane: bytes) -> bool:
    """Whether something from this chat may be."""
    if await may_lie_at_telegram(session):
        return True
    return bool(await session.scalar(select(lies_here(literal(lane, LargeBinary)))))
