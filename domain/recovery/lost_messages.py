"""What came to phones since the backup: nothing is known of it, and it is taken away all the same.

Telegram numbers the messages of all of a bot's private chats in one row, so those that were lost
have the next numbers after the newest one in the backup. It passes over a number that belongs to
another chat, or to no message yet.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.one_by_one import each_by_itself
from domain.returnees.chats import chat_id_of
from domain.safety.screens import clears_itself
from storage.kinds import NoticeClass
from storage.outbox.contents import Deletion
from storage.outbox.letters import Delivery, put
from storage.sessions import Session
from storage.tables.returnees import GUARDED, Returnee
from storage.tables.service import Fact
from storage.tables.traces import Trace

_LOST = "messages.lost"
# So many numbers after the backup's newest: more would keep a chat that is emptied waiting.
_MOST = 2000
# What was leaving as the backup was taken has a number by then, and no trace in it.
_ON_THEIR_WAY = 100
# Telegram lets a bot delete messages for 48 hours.
_DELETABLE = timedelta(hours=48)
_LAST_CHANCE = timedelta(hours=46)
# Between two phones: each may take twenty calls, of which Telegram soon has enough.
_A_MOMENT = timedelta(seconds=1)


async def note_where_they_begin(session: AsyncSession, taken_at: datetime, now: datetime) -> None:
    """With a restore of what was backed up then. Groups have numbers of their own."""
    on_phones = or_(Trace.theirs, Trace.chat_key.in_(select(Returnee.chat_key)))
    newest = await session.scalar(select(func.max(Trace.message_id)).where(on_phones)) or 0
    value = {"after": max(0, newest - _ON_THEIR_WAY), "taken_at": taken_at.isoformat()}
    await session.merge(Fact(name=_LOST, value=value, changed_at=now))


async def lost_numbers(session: Session) -> Sequence[int]:
    """Those that may be of a lost message which Telegram still lets us delete. Needs the service's
    scope.
    """
    fact = await session.get(Fact, _LOST)
    if fact is None or session.now >= fact.changed_at + _DELETABLE:
        return ()
    first = fact.value["after"] + 1
    return range(first, first + _MOST)


async def take_lost_away(session: Session) -> int:
    """Once after a restore, from each phone that others may read: at once where a screen clears
    itself, and else before Telegram's time is over. Needs the service's scope.
    """
    fact = await session.get(Fact, _LOST, with_for_update=True)
    if fact is None or "taken_at" not in fact.value:
        return 0
    before = datetime.fromisoformat(fact.value["taken_at"]) + _LAST_CHANCE
    fact.value = {"after": fact.value["after"]}
    guarded = (await session.scalars(select(Returnee).where(GUARDED))).all()
    turns = {returnee.id: turn * _A_MOMENT for turn, returnee in enumerate(guarded)}

    async def clear(session: Session, returnee: Returnee) -> None:
        at = session.now if await clears_itself(session, returnee) else max(session.now, before)
        delivery = Delivery(
            NoticeClass.REPLY, returnee_id=returnee.id, not_before=at + turns[returnee.id]
        )
        await put(session, chat_id_of(session, returnee), Deletion((), lost=True), delivery)

    await each_by_itself(session, guarded, clear, _leave, "sweep.failed")
    return len(guarded)


async def _leave(session: Session, returnee: Returnee) -> None:
    """Where a chat's number does not open any more, nobody can clear it."""
