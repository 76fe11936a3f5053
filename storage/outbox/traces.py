"""Messages on people's phones that we still may delete or write over, written down by the batch."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import BigInteger, ColumnElement, false, func, literal, or_, select, update

from storage.batches import at_most, by_column, insert_given
from storage.sessions import Session
from storage.tables.base import table_of
from storage.tables.traces import Trace

_TRACES = insert_given(
    table_of(Trace), "id", "chat_key", "message_id", "sent_at", "theirs", "unopened"
)
# Telegram's own protocol has no room for more. Should it find some, what is larger is handled as
# any message, and stays on the phone.
_LARGEST = 2**31 - 1


async def leave_traces(
    session: Session, messages: Sequence[tuple[bytes, int]], *, unopened: bool = False
) -> None:
    """Of ours, by the hash of their chat and their number there: they went or changed just now."""
    now = session.now
    await _leave(session, [_trace(*each, now, unopened=unopened) for each in messages])


async def leave_theirs(session: Session, messages: Sequence[tuple[bytes, int, datetime]]) -> None:
    """Of what people wrote, and when: Telegram counts from then, also where we read it late."""
    await _leave(session, [_trace(*each, theirs=True) for each in messages])


def _trace(
    chat: bytes, number: int, sent_at: datetime, *, theirs: bool = False, unopened: bool = False
) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "chat_key": chat,
        "message_id": number,
        "sent_at": sent_at,
        "theirs": theirs,
        "unopened": unopened,
    }


async def _leave(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    kept = [row for row in rows if row["message_id"] <= _LARGEST]
    if kept:
        await session.execute(_TRACES, by_column(kept))


async def was_here(session: Session, chat_id: int, number: int) -> bool:
    """Whether this message came, or went, within 48 hours."""
    seen = select(Trace.id).where(_in(session, chat_id), _is(number)).limit(at_most(1))
    return await session.scalar(seen) is not None


async def opened(session: Session, chat_id: int, number: int) -> None:
    """What this message covered stands there, to be read."""
    await session.execute(
        update(Trace)
        .where(_in(session, chat_id), _is(number), Trace.unopened)
        .values(unopened=False)
    )


async def read_all(session: Session, chat_id: int) -> list[int]:
    """Nothing waits to be opened in this chat any more; what did until now."""
    waited = await session.scalars(
        update(Trace)
        .where(_in(session, chat_id), Trace.unopened)
        .values(unopened=False)
        .returning(Trace.message_id)
    )
    return list(waited)


async def read_messages(
    session: Session,
    chat_id: int,
    *,
    only_theirs: bool,
    or_before: datetime | None = None,
    or_these: Sequence[int] = (),
) -> list[int]:
    """Both sides' messages in the chat, without those that still wait to be opened. With
    `only_theirs`, of ours these alone, and those that came, and changed last, before that instant.
    """
    query = (
        select(Trace.message_id)
        .where(_in(session, chat_id))
        .group_by(Trace.message_id)
        .having(~func.bool_or(Trace.unopened))
        .order_by(Trace.message_id)
    )
    if only_theirs:
        earlier = func.max(Trace.sent_at) < or_before if or_before else false()
        ours = or_(earlier, Trace.message_id.in_(or_these))
        query = query.having(or_(func.bool_or(Trace.theirs), ours))
    return list(await session.scalars(query))


def _is(number: int) -> ColumnElement[bool]:
    return Trace.message_id == literal(number, BigInteger)


def _in(session: Session, chat_id: int) -> ColumnElement[bool]:
    return Trace.chat_key.in_(session.keys.look_ups(chat_id, "chat"))
