"""What became of a row, written back by whoever still holds it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from bot.delivery.claiming import Pace, close_chat, count_send
from domain.check_ins import outcomes as check_ins
from storage.kinds import OutboxState
from storage.outbox import OutboxRow
from storage.returnees import Returnee, Trace
from storage.sessions import Session
from storage.wakes import Topic

# Waits between tries while Telegram can't be reached; the last one repeats.
_BACKOFF = [timedelta(seconds=seconds) for seconds in (1, 2, 5, 15, 30, 60)]


@dataclass(frozen=True, slots=True)
class Taken:
    """A taker's right to a row: void once another taker has the next fence number."""

    id: UUID
    fence: int


async def sent(session: Session, taken: Taken, pace: Pace, message_id: int | None) -> None:
    """Telegram has it. Only now a check-in counts as asked (P3)."""
    row = await _held(session, taken)
    if row is None:
        return
    _finish(session, row, OutboxState.SENT)
    row.message_id = message_id
    await count_send(session, row.lane, pace)
    if message_id is not None:
        session.add(Trace(chat_key=row.lane, message_id=message_id, sent_at=session.now))
    if row.check_in_id is not None:
        await check_ins.confirmed(session, row.check_in_id, session.now)


async def failed(session: Session, taken: Taken, reason: str, *, blocked: bool = False) -> None:
    """It will never go. Whoever waits for it sees that, and why."""
    row = await _held(session, taken)
    if row is None:
        return
    _finish(session, row, OutboxState.FAILED)
    row.error = reason
    if blocked and row.returnee_id is not None:
        returnee = await session.get_one(Returnee, row.returnee_id)
        returnee.blocked_at = returnee.blocked_at or session.now
    if row.check_in_id is not None:
        await check_ins.failed(session, row.check_in_id, reason)


async def postponed(
    session: Session, taken: Taken, pace: Pace, reason: str, wait: timedelta | None = None
) -> None:
    """Tried in vain, and will be again; the chat waits meanwhile, so that order holds."""
    row = await _held(session, taken)
    if row is None:
        return
    row.leased_until = None
    row.error = reason
    if wait is None:
        row.tries += 1
        wait = _BACKOFF[min(row.tries, len(_BACKOFF)) - 1]
    await close_chat(session, row.lane, pace, wait)
    session.wakes(Topic.OUTBOX)


async def refused(session: Session, taken: Taken, pace: Pace, reason: str) -> None:
    """Telegram said no, and we don't know why: it may mean it, or not."""
    row = await _held(session, taken)
    if row is not None and row.tries >= len(_BACKOFF):
        await failed(session, taken, reason)
    else:
        await postponed(session, taken, pace, reason)


async def cancelled(session: Session, row: OutboxRow, reason: str) -> None:
    """Too late to be of use, or no longer wanted."""
    _finish(session, row, OutboxState.CANCELLED)
    row.error = reason
    if row.check_in_id is not None:
        await check_ins.missed(session, row.check_in_id, reason)


async def _held(session: Session, taken: Taken) -> OutboxRow | None:
    return await session.scalar(
        select(OutboxRow)
        .where(
            OutboxRow.id == taken.id,
            OutboxRow.fence == taken.fence,
            OutboxRow.state == OutboxState.WAITING,
        )
        .with_for_update()
    )


def _finish(session: Session, row: OutboxRow, state: OutboxState) -> None:
    row.state = state
    row.content = None
    row.leased_until = None
    row.finished_at = session.now
    session.wakes(Topic.OUTBOX)
    if row.case_id is not None:
        session.wakes(Topic.CASES)
