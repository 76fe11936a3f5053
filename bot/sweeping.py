"""Taking away what need not, or must not, be kept."""

from collections import defaultdict
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Select, delete, select

from domain.one_by_one import each_by_itself
from domain.returnees import chat_id_of
from storage.batches import among
from storage.inbox import forget_handled
from storage.kinds import Discretion, NoticeClass
from storage.outbox import Delivery, OutboxLane, OutboxRow, put
from storage.returnees import Returnee, Trace
from storage.service import DialogState
from storage.sessions import Session
from storage.staff import StaffCode, StaffSession

# Nothing that is linked to a chat outlives this without an enrolment.
_NO_RECORD = timedelta(hours=48)
# Telegram lets a bot delete messages until 48 hours after they were sent: an hour for trouble.
_LAST_CHANCE = timedelta(hours=47)
# Of each kind, within one transaction.
_MOST = 1000


async def sweep(session: Session) -> int:
    """One pass over everything that has had its time, a batch of each kind; how many rows it took.

    Call it again until it returns 0.
    """
    taken = await _sweep_traces(session)
    await forget_handled(session, _NO_RECORD)
    for key, *conditions in _past_their_time(session):
        taken += await _take_some(session, key, *conditions)
    return taken


def _past_their_time(session: Session) -> list[tuple[Any, *tuple[ColumnElement[bool], ...]]]:
    gone = session.now - _NO_RECORD
    return [
        # A message of a case keeps its row: there its delivery is on record, though not its words.
        (OutboxRow.id, OutboxRow.finished_at < gone, OutboxRow.case_id.is_(None)),
        (OutboxLane.lane, OutboxLane.open_at < session.database_now - _NO_RECORD),
        (DialogState.key, DialogState.changed_at < gone),
        (StaffSession.id, StaffSession.expires_at < session.database_now),
        (StaffCode.id, StaffCode.expires_at < session.now),
    ]


async def _take_some(session: Session, key: Any, *conditions: ColumnElement[bool]) -> int:
    taken = await session.execute(delete(key.class_).where(among(key, _some(key, *conditions))))
    assert isinstance(taken, CursorResult)
    return taken.rowcount


def _some(key: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    return select(key).where(*conditions).limit(_MOST).with_for_update(skip_locked=True)


async def _sweep_traces(session: Session) -> int:
    """What stands on a discreet or watched phone goes before it can't be taken back any more."""
    old = _some(Trace.id, Trace.sent_at < session.now - _LAST_CHANCE)
    taken = await session.execute(
        delete(Trace).where(among(Trace.id, old)).returning(Trace.chat_key, Trace.message_id)
    )
    numbers: dict[bytes, list[int]] = defaultdict(list)
    for chat_key, number in taken:
        numbers[chat_key].append(number)
    guarded = await session.scalars(
        select(Returnee).where(
            Returnee.chat_key.in_(list(numbers)), Returnee.discretion != Discretion.OPEN
        )
    )
    await each_by_itself(
        session, guarded.all(), partial(_clear, numbers=numbers), _leave, "sweep.failed"
    )
    return sum(map(len, numbers.values()))


async def _clear(session: Session, returnee: Returnee, numbers: dict[bytes, list[int]]) -> None:
    content = {"delete": sorted(numbers[returnee.chat_key])}
    delivery = Delivery(NoticeClass.REPLY, returnee_id=returnee.id)
    await put(session, chat_id_of(session, returnee), content, delivery)


async def _leave(session: Session, returnee: Returnee) -> None:
    """Where a chat's number does not open any more, nobody can clear it."""
