"""Every update from Telegram, kept before it is acknowledged and until it is handled."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, aliased, mapped_column

from storage.base import SERVICE_ONLY, Base
from storage.keys import Keyring
from storage.sessions import Session
from storage.wakes import Topic


class InboxRow(Base):
    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_lane_unhandled",
            "lane",
            "number",
            postgresql_where="handled_at IS NULL AND set_aside_at IS NULL",
        ),
        Index(
            "ix_inbox_unhandled",
            "number",
            postgresql_where="handled_at IS NULL AND set_aside_at IS NULL",
        ),
        Index("ix_inbox_handled_at", "handled_at", postgresql_where="handled_at IS NOT NULL"),
        SERVICE_ONLY,
    )

    #: The order of arrival here, which is the order of handling; never update_id.
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    #: Telegram's number, kept for 48 hours so that a second delivery is known.
    update_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    #: The look-up hash of the chat: what must stay in order.
    lane: Mapped[bytes]
    #: The update as it came, sealed under the epoch key; gone once it is handled.
    payload: Mapped[bytes | None]
    #: Database time, as the rows below.
    arrived_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: Distress was looked for, and what was found is committed.
    watched_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    retry_at: Mapped[datetime | None]
    #: Its handler failed every time; it no longer holds up the chat.
    set_aside_at: Mapped[datetime | None]


def chat_of_update(update: Mapping[str, Any]) -> int:
    """The chat that an update belongs to, or the person where it has none; 0 when neither."""
    for kind, event in update.items():
        if kind == "update_id" or not isinstance(event, Mapping):
            continue
        message = event.get("message")
        holder = message if isinstance(message, Mapping) else event
        chat = holder.get("chat") or event.get("from") or event.get("user") or {}
        number = chat.get("id") if isinstance(chat, Mapping) else None
        return number if isinstance(number, int) else 0
    return 0


async def take_in(session: Session, updates: Iterable[Mapping[str, Any]]) -> None:
    """Keeps what Telegram handed over. An update that came before is not kept twice."""
    rows = [
        {
            "update_id": update["update_id"],
            "lane": session.keys.look_up(chat_of_update(update), "chat"),
            "payload": session.keys.seal(json.dumps(update), "inbox"),
        }
        for update in updates
    ]
    if rows:
        await session.execute(insert(InboxRow).values(rows).on_conflict_do_nothing())
        session.wakes(Topic.INBOX)


async def head_of_a_lane(session: Session) -> InboxRow | None:
    """The oldest unhandled update of some chat, locked until this transaction ends.

    Whoever holds it holds the chat: nobody else is given a later update of the same one.
    """
    older = aliased(InboxRow)
    return await session.scalar(
        select(InboxRow)
        .where(
            InboxRow.handled_at.is_(None),
            InboxRow.set_aside_at.is_(None),
            or_(InboxRow.retry_at.is_(None), InboxRow.retry_at <= func.clock_timestamp()),
            ~select(older.number)
            .where(
                older.lane == InboxRow.lane,
                older.number < InboxRow.number,
                older.handled_at.is_(None),
                older.set_aside_at.is_(None),
            )
            .exists(),
        )
        .order_by(InboxRow.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def update_of(row: InboxRow, keys: Keyring) -> dict[str, Any]:
    assert row.payload is not None
    update: dict[str, Any] = json.loads(keys.open(row.payload, "inbox"))
    return update


def mark_handled(session: Session, row: InboxRow) -> None:
    """The update's words are gone; its number stays, so that a second delivery is known."""
    row.handled_at = session.database_now
    row.payload = None


# How long a failed update waits before its next try. After the last one it is set aside.
_PATIENCE = [timedelta(seconds=seconds) for seconds in (1, 3, 10)]


async def mark_failed(session: Session, number: int) -> bool:
    """Counts a failed try. True when that was the last: it no longer blocks its chat."""
    row = await session.scalar(
        select(InboxRow)
        .where(InboxRow.number == number, InboxRow.handled_at.is_(None))
        .with_for_update()
    )
    if row is None or row.set_aside_at is not None:
        return False
    row.tries += 1
    if row.tries <= len(_PATIENCE):
        row.retry_at = session.database_now + _PATIENCE[row.tries - 1]
        return False
    row.set_aside_at = session.database_now
    return True


async def forget_handled(session: Session, older_than: timedelta = timedelta(hours=48)) -> None:
    """Telegram keeps an update for 24 hours at most, so a repeat can't come after 48.

    What was set aside stays as a number for the operator; its words go, too: a human has a case.
    """
    long_ago = func.clock_timestamp() - older_than
    await session.execute(delete(InboxRow).where(InboxRow.handled_at < long_ago))
    await session.execute(
        update(InboxRow)
        .where(InboxRow.set_aside_at < long_ago, InboxRow.payload.is_not(None))
        .values(payload=None)
    )
