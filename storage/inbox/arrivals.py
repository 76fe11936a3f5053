"""Updates from Telegram, taken in."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, func, select

from storage.batches import by_column, insert_given
from storage.inbox.outages import away_since
from storage.inbox.updates import chat_of_update, said_at
from storage.sessions import Session
from storage.standbys import reach_standbys
from storage.tables.base import table_of
from storage.tables.inbox import InboxRow
from storage.wakes import Topic

_TAKE_IN = insert_given(
    table_of(InboxRow), "update_id", "lane", "payload", "arrived_at", "set_aside_at", "error"
).on_conflict_do_nothing()


async def take_in(
    session: Session,
    updates: Iterable[Mapping[str, Any]],
    *,
    is_fresh: bool = False,
    waited: timedelta | None = None,
) -> None:
    """Keeps what Telegram handed over. An update that came before is not kept twice.

    What can't be written down, as no update of Telegram's, is set aside: only its number is kept.
    `is_fresh`: nothing waited at Telegram a moment ago, so none of them did. Otherwise they may
    have `waited` so long, or, where whoever fetched them does not know, since we were away.
    """
    updates = list(updates)
    may_have_waited = not is_fresh and any("callback_query" in update for update in updates)
    waited_since = None
    if may_have_waited and waited is not None:
        waited_since = session.database_now - waited
    elif may_have_waited:
        waited_since = await away_since(session)
    rows = [_row(session, update, waited_since) for update in updates]
    if rows:
        kept = cast("CursorResult[Any]", await session.execute(_TAKE_IN, by_column(rows)))
        if not kept.rowcount:
            # All of it came before; Telegram forgets it now.
            await reach_standbys(session)
        session.wakes(Topic.INBOX)


def _row(
    session: Session, update: Mapping[str, Any], waited_since: datetime | None
) -> dict[str, Any]:
    payload, set_aside_at, error = None, None, None
    try:
        payload = session.keys.seal(json.dumps(update), "inbox")
    except (RecursionError, ValueError) as refusal:
        set_aside_at, error = session.database_now, type(refusal).__name__
    return {
        "update_id": update["update_id"],
        "lane": session.keys.look_up(chat_of_update(update), "chat"),
        "payload": payload,
        "arrived_at": _arrived_at(session, update, waited_since),
        "set_aside_at": set_aside_at,
        "error": error,
    }


def _arrived_at(
    session: Session, update: Mapping[str, Any], waited_since: datetime | None
) -> datetime:
    """Now, but for a press that may have waited at Telegram, which says of none when it was: that
    counts from the moment since when it can have been (P4), after what it was pressed on was sent.
    """
    press = update.get("callback_query")
    if waited_since is None or not isinstance(press, Mapping):
        return session.database_now
    shown_at = said_at(press.get("message"))
    return min(max(waited_since, shown_at or waited_since), session.database_now)


async def newest(session: Session) -> int:
    """The number of the update that came last; 0 before the first."""
    return await session.scalar(select(func.max(InboxRow.number))) or 0
