"""What waits in the inbox, from the oldest on: in each chat one after the other."""

from collections.abc import Sequence

from sqlalchemy import select, text

from storage.sessions import Session
from storage.tables.inbox import WAITS, WAITS_IN_ITS_CHAT, InboxRow

#: So many of the oldest are looked at first: what four replicas have in hand. A chat that floods,
#: or waits for its next try, must not be read through for the sake of everybody else's update.
OLDEST = 800
# Whatever came before one of the oldest is one of them, too.
_AMONG_THE_OLDEST = f"""
    SELECT DISTINCT ON (lane) number FROM (
        SELECT lane, number FROM inbox WHERE {WAITS} ORDER BY number LIMIT {OLDEST}
    ) oldest
    ORDER BY lane, number
"""  # noqa: S608 - only our own words
# From chat to chat along the index, without the rows between.
_CHAT_BY_CHAT = f"""
    WITH RECURSIVE head (lane, number) AS (
        (SELECT lane, number FROM inbox WHERE {WAITS_IN_ITS_CHAT} ORDER BY lane, number LIMIT 1)
        UNION ALL
        SELECT next.lane, next.number FROM head CROSS JOIN LATERAL (
            SELECT lane, number FROM inbox WHERE {WAITS_IN_ITS_CHAT} AND lane > head.lane
            ORDER BY lane, number LIMIT 1
        ) next
    )
    SELECT number FROM head
"""  # noqa: S608 - only our own words
_LOCK = """
    SELECT i.* FROM inbox i WHERE i.number = ANY(ARRAY({heads}))
    AND i.handled_at IS NULL AND i.set_aside_at IS NULL
    AND (i.retry_at IS NULL OR i.retry_at <= clock_timestamp())
    ORDER BY i.number LIMIT :most FOR UPDATE OF i SKIP LOCKED
"""
_LOOKS = tuple(
    select(InboxRow).from_statement(text(_LOCK.format(heads=heads)))
    for heads in (_AMONG_THE_OLDEST, _CHAT_BY_CHAT)
)


async def heads_of_lanes(session: Session, most: int) -> Sequence[InboxRow]:
    """The oldest unhandled updates of some chats, one each, locked until this transaction ends.

    Whoever holds one holds the chat: nobody else is given a later update of the same one.
    """
    for look in _LOOKS:
        rows: Sequence[InboxRow] = (await session.scalars(look, {"most": most})).all()
        if rows:
            return rows
    return ()


async def unhandled(
    session: Session, numbers: Sequence[int], *, wait: bool = False
) -> Sequence[InboxRow]:
    """These updates, locked, but for those that somebody has handled, or has now.

    `wait`: whoever has one now is waited for, since they may be only looking.
    """
    rows = await session.scalars(
        select(InboxRow)
        .where(
            InboxRow.number.in_(numbers),
            InboxRow.handled_at.is_(None),
            InboxRow.set_aside_at.is_(None),
        )
        .order_by(InboxRow.number)
        .with_for_update(skip_locked=not wait)
    )
    return rows.all()
