"""Taking away what need not, or must not, be kept."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, select

from domain.one_by_one import each_by_itself
from domain.returnees import chat_id_of
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
_BATCH = 100


async def sweep(session: Session) -> int:
    """One pass over everything that has had its time; for how many phones, of which it takes a
    batch: call it again until it returns 0.
    """
    cleared = await _clear_guarded_phones(session)
    await forget_handled(session, _NO_RECORD)
    gone = session.now - _NO_RECORD
    # A message of a case keeps its row: there its delivery is on record, though not its words.
    await session.execute(
        delete(OutboxRow).where(OutboxRow.finished_at < gone, OutboxRow.case_id.is_(None))
    )
    await session.execute(
        delete(OutboxLane).where(OutboxLane.open_at < session.database_now - _NO_RECORD)
    )
    await session.execute(delete(DialogState).where(DialogState.changed_at < gone))
    await session.execute(delete(Trace).where(Trace.sent_at < gone))
    await session.execute(
        delete(StaffSession).where(StaffSession.expires_at < session.database_now)
    )
    await session.execute(delete(StaffCode).where(StaffCode.expires_at < session.now))
    return cleared


async def _clear_guarded_phones(session: Session) -> int:
    """What stands on a discreet or watched phone goes before it can't be taken back any more."""
    due = await session.scalars(
        select(Returnee)
        .where(
            Returnee.discretion != Discretion.OPEN,
            select(Trace.id)
            .where(Trace.chat_key == Returnee.chat_key, Trace.sent_at < session.now - _LAST_CHANCE)
            .exists(),
        )
        .limit(_BATCH)
    )
    guarded = due.all()
    await each_by_itself(session, guarded, _clear, _forget_traces, "sweep.failed")
    return len(guarded)


async def _clear(session: Session, returnee: Returnee) -> None:
    chat_id = chat_id_of(session, returnee)
    numbers = await _forget_traces(session, returnee)
    content = {"delete": sorted(numbers)}
    await put(session, chat_id, content, Delivery(NoticeClass.REPLY, returnee_id=returnee.id))


async def _forget_traces(session: Session, returnee: Returnee) -> Iterable[int]:
    """Of a chat whose number does not open any more, they are of no use."""
    return await session.scalars(
        delete(Trace)
        .where(Trace.chat_key == returnee.chat_key, Trace.sent_at < session.now - _LAST_CHANCE)
        .returning(Trace.message_id)
    )
