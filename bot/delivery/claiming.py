"""Which rows of the outbox may go now. Any number of replicas ask, and each row has one taker."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import (
    ColumnElement,
    Integer,
    Interval,
    Update,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.orm import defer
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.sql.elements import SQLCoreOperations

from bot.delivery.outcome import (
    MOST_WORDINGS,
    URGENT,
    URGENT_BACKOFF,
    WORD_AGAIN,
    Taken,
    never_sent,
)
from bot.delivery.pace import Pace, allowance, hasten, spend
from bot.errors import code_of
from storage.away import is_away
from storage.batches import among, at_most
from storage.kinds import UNSENT, NoticeClass, OutboxState
from storage.sessions import Session
from storage.tables.base import table_of
from storage.tables.outbox import UNWORDED, OutboxLane, OutboxRow

log = structlog.get_logger()

# A taker that has neither reported nor renewed it by then is taken for stuck, and its rows go to
# another.
LEASE = timedelta(seconds=60)
# In the statement itself, as in the words of an index.
_NOUGHT = literal_column("0", Integer)
_MOST_TAKEN_ALONG = 100
_ROW = table_of(OutboxRow)


@dataclass(frozen=True, slots=True)
class Claim:
    #: What they say is read with the rest that must be known, once somebody is to make them ready.
    rows: Sequence[Taken]
    #: How long until Telegram's limit lets more go, where it is the limit that ends the claim.
    wait: timedelta | None = None
    #: On the monotonic clock.
    at: float = field(default_factory=time.monotonic)

    @property
    def still_to_wait(self) -> timedelta | None:
        """Whatever was done with these rows took some of the time already."""
        if self.wait is None:
            return None
        return max(timedelta(), self.wait - timedelta(seconds=time.monotonic() - self.at))

    @property
    def too_old(self) -> bool:
        """Whether another taker may have the rows soon."""
        return time.monotonic() - self.at > LEASE.total_seconds() / 2


async def claim(
    session: Session, pace: Pace, most: int, *, taker: int | None = None, urgent_only: bool = False
) -> Claim:
    """Leases what Telegram's limit allows: urgent chats first, each chat's rows in order."""
    await session.execute(_RELEASE_HELD, {"now": session.now})
    await _take_along(session, pace)
    allowed = await allowance(session, pace)
    limit = min(most, allowed.sends)
    if limit < 1:
        return Claim((), allowed.wait)
    leased = await session.execute(
        _LEASE_URGENT if urgent_only else _LEASE_ANY,
        {
            "most": limit,
            "until": session.database_now + LEASE,
            "by": taker,
            "ahead": pace.per_chat * (pace.burst - 1),
        },
    )
    in_order = sorted(leased, key=lambda row: (row.priority, row.number))
    rows = [Taken(row.id, row.fence) for row in in_order]
    if rows:
        await spend(session, len(rows))
    return Claim(rows, allowed.wait if len(rows) == allowed.sends else None)


async def renew(session: Session, rows: Sequence[Taken]) -> Sequence[UUID]:
    """They are on their way still: nobody else may take them. Returns which are; what another has
    taken meanwhile stays its own, and what is being reported just now is not waited for.
    """
    theirs = (
        select(OutboxRow.id)
        .where(
            tuple_(OutboxRow.id, OutboxRow.fence).in_([(row.id, row.fence) for row in rows]),
            OutboxRow.state == OutboxState.WAITING,
            # What was reported a moment ago is on its way no more.
            OutboxRow.leased_until.is_not(None),
        )
        .with_for_update(skip_locked=True)
    )
    renewed = await session.scalars(
        update(OutboxRow)
        .where(among(OutboxRow.id, theirs))
        .values(leased_until=session.database_now + LEASE)
        .returning(OutboxRow.id)
        .execution_options(synchronize_session=False)
    )
    return renewed.all()


# The statements of a claim are the same every time, and are asked all day long: writing one down
# costs more than the question itself.
def _release_held() -> Update:
    """What waited for its time is judged again now."""
    row = _ROW
    due = (
        select(row.c.id)
        .where(row.c.state == OutboxState.HELD, row.c.not_before <= bindparam("now"))
        .order_by(row.c.not_before)
        .limit(at_most(1000))
        .with_for_update(skip_locked=True)
    )
    return update(row).where(among(row.c.id, due)).values(state=OutboxState.WAITING)


def _take_along_before_the_urgent() -> ReturningUpdate[bytes]:
    row = _ROW
    earlier = row.alias("earlier")
    urgent = (
        select(
            row.c.lane,
            func.min(row.c.priority).label("priority"),
            func.max(row.c.number).label("number"),
        )
        .where(
            row.c.state == OutboxState.WAITING,
            row.c.priority >= _NOUGHT,
            row.c.priority <= URGENT,
        )
        .group_by(row.c.lane)
        .cte("urgent")
    )
    before = (
        select(earlier.c.id)
        .where(
            earlier.c.lane == urgent.c.lane,
            earlier.c.state == OutboxState.WAITING,
            earlier.c.number > _NOUGHT,
            earlier.c.number < urgent.c.number,
            earlier.c.priority > urgent.c.priority,
            _unleased(earlier.c.leased_until),
        )
        # So it is looked up for each chat. What is left the next claim finds.
        .limit(at_most(_MOST_TAKEN_ALONG))
        .with_for_update(skip_locked=True)
        .lateral("before")
    )
    found = (
        select(before.c.id, urgent.c.priority)
        .select_from(urgent.join(before, true()))
        .limit(at_most(_MOST_TAKEN_ALONG))
        .cte("found")
    )
    return (
        update(row)
        .where(row.c.id == found.c.id)
        .values(priority=found.c.priority)
        .returning(row.c.lane)
    )


def _lease(*conditions: ColumnElement[bool]) -> ReturningUpdate[Any]:
    """With what kind of notice each is, which this release may not know, and raises then."""
    row = _ROW.c
    ready = (
        select(row.id)
        .where(
            row.state == OutboxState.WAITING,
            row.priority >= _NOUGHT,  # As its index says: decision 0051.
            _unleased(row.leased_until),
            _first_in_its_chat(),
            _alone_in_its_chat(),
            _chat_is_open(),
            *conditions,
        )
        .order_by(row.priority, row.number)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("ready")
    )
    return (
        update(_ROW)
        .where(row.id == ready.c.id)
        .values(
            leased_until=bindparam("until"),
            fence=row.fence + 1,
            taker=bindparam("by"),
            # Whose lease ran out may have sent it.
            tries=row.tries + case((row.leased_until.is_not(None), 1), else_=0),
        )
        .returning(row.id, row.fence, row.priority, row.number, row.notice_class)
    )


def _first_in_its_chat() -> ColumnElement[bool]:
    earlier = _ROW.alias("earlier").c
    return ~(
        select(earlier.id)
        .where(
            earlier.lane == _ROW.c.lane,
            earlier.state == OutboxState.WAITING,
            earlier.number > _NOUGHT,
            earlier.number < _ROW.c.number,
        )
        # So it is looked up for each, and no list of all that wait is made of it.
        .offset(_NOUGHT)
        .exists()
    )


def _alone_in_its_chat() -> ColumnElement[bool]:
    """In a chat that many write to, such as staff's, a later number may be on its way already."""
    leased = _ROW.alias("leased").c
    return _ROW.c.lane.not_in(
        select(leased.lane).where(
            leased.state == OutboxState.WAITING, leased.leased_until > func.clock_timestamp()
        )
    )


def _unleased(until: SQLCoreOperations[Any]) -> ColumnElement[bool]:
    return or_(until.is_(None), until < func.clock_timestamp())


def _chat_is_open() -> ColumnElement[bool]:
    now = func.clock_timestamp()
    return ~(
        select(OutboxLane.lane)
        .where(
            OutboxLane.lane == _ROW.c.lane,
            or_(
                OutboxLane.open_at > now + bindparam("ahead", type_=Interval),
                OutboxLane.closed_until > now,
            ),
        )
        .exists()
    )


_RELEASE_HELD = _release_held()
_TAKE_ALONG = _take_along_before_the_urgent()
_LEASE_ANY, _LEASE_URGENT = _lease(), _lease(_ROW.c.priority <= URGENT)


async def _take_along(session: Session, pace: Pace) -> None:
    """What stands before something urgent in its chat is as urgent: it goes first there."""
    chats = set(await session.scalars(_TAKE_ALONG))
    if chats:
        await hasten(session, chats, pace, URGENT_BACKOFF)


async def put_off_unknown(session: Session) -> None:
    """Rows that this release can't even read, since a newer one beside it knows more classes of
    notices: they wait for that one, as those do that can't be worded, and as long.
    """
    put_off = await session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.state.in_(UNSENT),
            OutboxRow.not_before <= session.now,
            OutboxRow.notice_class.not_in(list(NoticeClass)),
            _unleased(OutboxRow.leased_until),
        )
        .values(
            state=OutboxState.HELD,
            not_before=session.now + WORD_AGAIN,
            tries=case((OutboxRow.error == UNWORDED, OutboxRow.tries + 1), else_=1),
            error=UNWORDED,
        )
        .returning(OutboxRow.id, OutboxRow.tries)
        .execution_options(synchronize_session=False)
    )
    for row_id, tries in put_off.all():
        if tries > MOST_WORDINGS:
            await _give_up(session, row_id)


async def _give_up(session: Session, row_id: UUID) -> None:
    """Whoever waits for it sees that. Where this release doesn't know who that is either, it goes
    on waiting, and stops no other.
    """
    but_how = defer(OutboxRow.notice_class, raiseload=True)
    try:
        async with session.begin_nested():
            row = await session.get_one(OutboxRow, row_id, options=[but_how])
            await never_sent(session, row, UNWORDED)
    except Exception as error:
        if is_away(error):
            raise
        log.error("a message was never sent", action="delivery.unsaid", error=code_of(error))
