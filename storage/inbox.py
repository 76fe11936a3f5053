"""Every update from Telegram, kept before it is acknowledged and until it is handled."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Identity,
    Index,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import SERVICE_ONLY, Base, table_of
from storage.batches import among, at_most, one_of
from storage.clock_ahead import ahead_by
from storage.keys import Keyring
from storage.outages import may_be_as_old_as
from storage.sessions import Session
from storage.updates import chat_of_update, said_at, sent_at
from storage.wakes import Topic

# What waits, in the order of arrival, and in that of each chat. Each is an index of its own, and is
# asked for in its own words, for which PostgreSQL has no other: it expects that nobody waits, as
# mostly nobody does, and would read either from end to end (decision 0051).
WAITS = "handled_at IS NULL AND set_aside_at IS NULL AND number > 0"
WAITS_IN_ITS_CHAT = "handled_at IS NULL AND set_aside_at IS NULL AND lane >= ''"


class InboxRow(Base):
    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_waits", "number", postgresql_where=WAITS),
        Index("ix_inbox_waits_in_its_chat", "lane", "number", postgresql_where=WAITS_IN_ITS_CHAT),
        Index("ix_inbox_handled_at", "handled_at", postgresql_where="handled_at IS NOT NULL"),
        Index("ix_inbox_set_aside_at", "set_aside_at", postgresql_where="set_aside_at IS NOT NULL"),
        SERVICE_ONLY,
    )

    #: The order of arrival here, which is the order of handling; never update_id.
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    #: Telegram's number, kept for 48 hours so that a second delivery is known; negative then.
    update_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    #: The look-up hash of the chat: what must stay in order.
    lane: Mapped[bytes]
    #: The update as it came, sealed under the epoch key; gone once it is handled.
    payload: Mapped[bytes | None]
    #: Database time, as the rows below: when it came, or, of a press that may have waited at
    #: Telegram, since when.
    arrived_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: Distress was looked for, and what was found is committed.
    watched_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    #: How often it was taken up again after a replica had died, and not finished.
    deaths: Mapped[int] = mapped_column(server_default=text("0"))
    retry_at: Mapped[datetime | None]
    #: Its handler failed every time; it no longer holds up the chat.
    set_aside_at: Mapped[datetime | None]
    #: What the last try ended in: a kind of error and a place in the code.
    error: Mapped[str | None]


_TAKE_IN = insert(InboxRow).on_conflict_do_nothing()


async def take_in(
    session: Session, updates: Iterable[Mapping[str, Any]], *, is_fresh: bool = False
) -> None:
    """Keeps what Telegram handed over. An update that came before is not kept twice.

    What can't be written down, as no update of Telegram's, is set aside: only its number is kept.
    `is_fresh`: nothing waited at Telegram a moment ago, so none of them did.
    """
    updates = list(updates)
    may_have_waited = not is_fresh and any("callback_query" in update for update in updates)
    waited_since = await may_be_as_old_as(session) if may_have_waited else None
    rows = [_row(session, update, waited_since) for update in updates]
    if rows:
        await session.execute(_TAKE_IN, rows)
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


#: So many of the oldest are looked at first: what four replicas have in hand. A chat that floods,
#: or waits for its next try, must not be read through for the sake of everybody else's update.
OLDEST = 400
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


async def newest(session: Session) -> int:
    """The number of the update that came last; 0 before the first."""
    return await session.scalar(select(func.max(InboxRow.number))) or 0


# Telegram keeps what it could not hand over for a day.
_TELEGRAM_KEEPS = timedelta(hours=24)
# Then it is asked whether only our clock says so.
_SEEMS_LATE = timedelta(minutes=1)


async def asked_at(session: Session, row: InboxRow, update: Mapping[str, Any]) -> datetime:
    """When the person sent it, on the rules' clock: as Telegram says, or when it came here."""
    waited = max(session.database_now - row.arrived_at, timedelta())
    came = session.now - waited
    sent = sent_at(update)
    if sent is None:
        return came
    if came - sent > _SEEMS_LATE:
        sent += await ahead_by(session)
    return sent if came - _TELEGRAM_KEEPS < sent < came else came


def update_of(row: InboxRow, keys: Keyring) -> dict[str, Any]:
    assert row.payload is not None
    update: dict[str, Any] = json.loads(keys.open(row.payload, "inbox"))
    return update


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
    forgotten = await session.execute(
        delete(InboxRow).where(among(InboxRow.number, oldest)).returning(InboxRow.number)
    )
    await session.execute(
        update(InboxRow)
        .where(InboxRow.set_aside_at < long_ago, InboxRow.update_id >= 0)
        .values(payload=None, lane=b"", update_id=-InboxRow.number)
    )
    return len(forgotten.all())
