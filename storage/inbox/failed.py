"""Updates that were not handled: tried again, kept apart where they may kill, set aside at last."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, select, text, update

from storage.batches import among, at_most
from storage.sessions import Session
from storage.tables.inbox import WAITS_IN_ITS_CHAT, InboxRow
from storage.wakes import Topic

#: Of what was set aside: its words are there still, so somebody may mend what broke, and try again.
MENDABLE = (InboxRow.set_aside_at.is_not(None), InboxRow.payload.is_not(None))

# The first half of the lock on a suspect; its number, as far as there is room, is the other.
_SUSPECT = 0x53555350
_RESERVE = text(
    "SELECT number FROM unnest(CAST(:numbers AS bigint[])) number"
    " WHERE pg_try_advisory_xact_lock(:suspect, (number % 2147483648)::integer)"
)


async def reserve(session: Session, numbers: Collection[int]) -> Sequence[int]:
    """Those of them that nobody else has reserved: until this transaction ends, or its process.

    No lock on the rows: they can be written to meanwhile.
    """
    return (await session.scalars(_RESERVE, {"numbers": list(numbers), "suspect": _SUSPECT})).all()


#: How long a failed update waits before its next try. After the last one it is set aside, but for
#: one that only a newer release can handle: that goes on for an hour, until a roll-out is over.
PATIENCE = [timedelta(seconds=seconds) for seconds in (1, 3, 10)]
_TRIES_OF_A_ROLL_OUT = 360


async def count_deaths(session: Session, numbers: Collection[int]) -> None:
    """Before they are taken up: should this process die of one of them, it has been counted."""
    await session.execute(
        update(InboxRow)
        .where(InboxRow.number.in_(numbers), InboxRow.handled_at.is_(None))
        .values(deaths=InboxRow.deaths + 1)
        .execution_options(synchronize_session=False)
    )


async def count_survival(session: Session, numbers: Collection[int]) -> Collection[int]:
    """Takes back what was counted, but for those that somebody has now. Returns which."""
    alive = (
        select(InboxRow.number)
        .where(InboxRow.number.in_(numbers), InboxRow.handled_at.is_(None), InboxRow.deaths > 0)
        .with_for_update(skip_locked=True)
    )
    survived = await session.scalars(
        update(InboxRow)
        .where(among(InboxRow.number, alive))
        .values(deaths=InboxRow.deaths - 1)
        .returning(InboxRow.number)
        .execution_options(synchronize_session=False)
    )
    return survived.all()


async def mark_failed(
    session: Session, number: int, error: str, *, needs_newer: bool = False
) -> bool:
    """Counts a failed try. True when that was the last: it no longer blocks its chat.

    `error` is a code, without anybody's words. `needs_newer`: there is something about it that
    this release does not know. Any replica takes any update, and one of the newer release will;
    what its chat sends meanwhile does not wait for that.
    """
    row = await session.scalar(
        select(InboxRow)
        .where(InboxRow.number == number, InboxRow.handled_at.is_(None))
        .with_for_update()
    )
    if row is None or row.set_aside_at is not None:
        return False
    row.tries += 1
    row.error = error
    if row.tries > (_TRIES_OF_A_ROLL_OUT if needs_newer else len(PATIENCE)):
        row.set_aside_at = session.database_now
        return True
    row.retry_at = session.database_now + PATIENCE[min(row.tries, len(PATIENCE)) - 1]
    if needs_newer and await _lets_others_by(session, row):
        # Nobody has died of it.
        await _put_behind(session, InboxRow.number == number, deaths=0)
    return False


async def _lets_others_by(session: Session, row: InboxRow) -> bool:
    """Once it has waited as long as any other would. What fails likewise goes behind it at once, so
    that they stay in order.
    """
    is_patient = InboxRow.tries > len(PATIENCE)
    others = select(InboxRow.number).where(
        InboxRow.lane == row.lane, is_patient, text(WAITS_IN_ITS_CHAT)
    )
    return row.tries > len(PATIENCE) or await session.scalar(others.limit(at_most(1))) is not None


async def set_aside(session: Session) -> Sequence[InboxRow]:
    """The updates that nobody's code could handle, oldest first."""
    rows = await session.scalars(
        select(InboxRow).where(InboxRow.set_aside_at.is_not(None)).order_by(InboxRow.set_aside_at)
    )
    return rows.all()


async def forget_set_aside(session: Session, chat: Sequence[bytes]) -> None:
    """The words of the chat with these hashes that nobody's code could handle."""
    await session.execute(
        update(InboxRow)
        .where(InboxRow.lane.in_(chat), InboxRow.set_aside_at.is_not(None))
        .values(payload=None)
        .execution_options(synchronize_session=False)
    )


async def try_again(session: Session, numbers: Sequence[int]) -> Sequence[int]:
    """Puts updates that were set aside back into their lanes. Returns those that still had words.

    Each takes a new number, behind what its chat has sent since: one of that may be in hand, and
    an older one beside it would be handled at the same time.
    """
    anew = {"set_aside_at": None, "retry_at": None, "tries": 0, "deaths": 0}
    tried = [
        number
        for number in sorted({*numbers})
        if await _put_behind(session, InboxRow.number == number, *MENDABLE, **anew)
    ]
    session.wakes(Topic.INBOX)
    return tried


async def _put_behind(session: Session, *which: ColumnElement[bool], **values: object) -> bool:
    again = await session.scalar(
        update(InboxRow)
        .where(*which)
        .values(number=text("DEFAULT"), **values)
        .returning(InboxRow.number)
        .execution_options(synchronize_session=False)
    )
    return again is not None
