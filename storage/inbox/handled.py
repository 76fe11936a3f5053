"""Updates that were handled: their words go at once, their numbers later."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, func, select, update

from storage.batches import at_most, delete_chosen, one_of
from storage.sessions import Session
from storage.tables.base import table_of
from storage.tables.inbox import InboxRow

_INBOX = table_of(InboxRow)
_MARK_HANDLED = (
    update(_INBOX)
    .where(one_of(_INBOX.c.number, "numbers"))
    .values(
        handled_at=bindparam("now"),
        watched_at=func.coalesce(_INBOX.c.watched_at, bindparam("now")),
        payload=None,
    )
)


async def mark_handled(session: Session, numbers: Sequence[int]) -> None:
    """The updates' words are gone; their numbers stay, so that a second delivery is known."""
    await session.execute(_MARK_HANDLED, {"numbers": list(numbers), "now": session.database_now})


# Within one transaction.
_MOST_FORGOTTEN = 1000


async def forget_handled(session: Session, older_than: timedelta) -> int:
    """Telegram keeps an update for 24 hours at most, so a repeat can't come after 48.

    Takes the oldest, and returns how many: call it again until it returns 0.

    What was set aside stays as our own number for the operator; its words go, too, and whose it
    was: a human has a case. Telegram may give its number once more, as it does by chance after a
    week without updates.
    """
    long_ago = session.database_now - older_than
    old = select(InboxRow.number).where(InboxRow.handled_at < long_ago)
    oldest = old.order_by(InboxRow.handled_at).limit(at_most(_MOST_FORGOTTEN))
    forgotten = await delete_chosen(session, InboxRow.number, oldest)
    await session.execute(
        update(InboxRow)
        .where(InboxRow.set_aside_at < long_ago, InboxRow.update_id >= 0)
        .values(payload=None, lane=b"", update_id=-InboxRow.number)
    )
    return forgotten
