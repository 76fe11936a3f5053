"""How a database changes over to a new key, while any number of processes work on it.

A new key is announced first: it may be in key files from then on, and nothing is written with it.
When everybody has it, one short transaction, during which no other runs, changes over. What is
left under the older key is brought over bit by bit, and the end of the older key is its own step.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select, text, update

from storage.keys.keyring import Keyring
from storage.kinds import UNSENT
from storage.seals.resealing import Table, is_older, reseal
from storage.sessions import Session
from storage.tables.inbox import InboxRow
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.service import KeyEpoch, KeyInUse

# Whoever comes after a waiting lock waits, too: so it gives up soon, to be tried again.
_LOCK_PATIENCE = text("SET LOCAL lock_timeout = '1s'")
_ALONE = text("LOCK TABLE key_in_use IN ACCESS EXCLUSIVE MODE")


@dataclass(frozen=True, slots=True)
class KeyState:
    #: The epoch that everything new is written with.
    current: int
    #: The oldest that something may still be written with.
    oldest: int
    #: One that nothing is written with yet.
    announced: int | None


async def key_state(session: Session) -> KeyState:
    used = (await session.scalars(select(KeyInUse))).one()
    newest = await session.scalar(select(func.max(KeyEpoch.number)))
    announced = newest if newest is not None and newest > used.number else None
    return KeyState(used.number, used.oldest, announced)


async def announce(session: Session, number: int, fingerprint: bytes) -> None:
    """In place of one that was announced before, with which nothing was written."""
    used = select(KeyInUse.number).scalar_subquery()
    await session.execute(delete(KeyEpoch).where(KeyEpoch.number > used))
    session.add(KeyEpoch(number=number, fingerprint=fingerprint, created_at=session.database_now))
    await session.flush()


async def change_over(session: Session, held: Keyring) -> None:
    """From the next transaction on, everybody writes with the newest of these keys.

    What must stay in order within its chat moves to the chat's new hash at once: updates that are
    to be handled, and messages on their way. Raises DBAPIError where others don't come to an end.
    """
    await session.execute(_LOCK_PATIENCE)
    await session.execute(_ALONE)
    used = (await session.scalars(select(KeyInUse))).one()
    used.number, used.fingerprint = held.current, held.fingerprint
    await session.flush()
    session.info["keys"] = held.since(used.oldest, held.fingerprint)
    to_handle = InboxRow.payload.is_not(None)
    on_its_way = OutboxRow.state.in_(UNSENT)
    chats = select(InboxRow.lane).where(to_handle).union(select(OutboxRow.lane).where(on_its_way))
    await _reseal_all(session, Returnee, Returnee.chat_key.in_(chats))
    await _reseal_all(session, InboxRow, to_handle)
    await _reseal_all(session, OutboxRow, on_its_way)


async def _reseal_all(session: Session, table: Table, which: ColumnElement[bool]) -> None:
    last = None
    while True:
        batch = await reseal(session, table, which, after=last)
        if batch.last is None:
            return
        last = batch.last


async def left(session: Session, table: Table) -> int:
    """In how many of its rows something is under an older key."""
    found = select(func.count()).select_from(table).where(is_older(table, session.keys))
    return await session.scalar(found) or 0


async def end_older_keys(session: Session) -> bool:
    """Nothing is opened or found by them any more. Whether there were any."""
    await session.execute(update(KeyInUse).values(oldest=KeyInUse.number))
    used = select(KeyInUse.number).scalar_subquery()
    ended = await session.scalars(
        delete(KeyEpoch).where(KeyEpoch.number < used).returning(KeyEpoch.number)
    )
    return len(ended.all()) > 0
