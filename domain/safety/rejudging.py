"""What is held for somebody is judged again, once they wrote or changed what holds it."""

from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select, update

from domain.returnees.person import lock_person
from storage.batches import among, one_of
from storage.kinds import CheckInState, Hold, NoticeClass, OutboxState
from storage.sessions import Session
from storage.tables.base import table_of
from storage.tables.check_ins import CheckIn
from storage.tables.outbox import OutboxRow
from storage.tables.pathways import Information
from storage.tables.returnees import Returnee
from storage.wakes import Topic

#: Why rows wait that take words off a watched screen: for the last activity to be a while ago.
TIDYING = (Hold.COVERS, Hold.VANISHES)
_TO_JUDGE = "to be judged"

_HELD_FOR = (
    select(OutboxRow.id)
    .where(
        one_of(OutboxRow.returnee_id, "people"),
        OutboxRow.state == OutboxState.HELD,
        OutboxRow.held.is_not(None),
        OutboxRow.held.not_in(TIDYING),
    )
    # Delivery locks its rows before the person, so this must not wait for one.
    .with_for_update(skip_locked=True)
)
_OUTBOX = table_of(OutboxRow)
_JUDGE_ANEW = (
    update(_OUTBOX)
    .where(among(_OUTBOX.c.id, _HELD_FOR))
    .values(not_before=bindparam("now"), state=OutboxState.WAITING)
)


def count_as_written(session: Session, returnee: Returnee) -> None:
    """They wrote, or pressed what asks for a human: for a while a worker's words are asked for, and
    what is held for them is judged again, together with others, before this is committed.
    """
    # A press that waited at Telegram may count from before what was written later.
    wrote_at = returnee.last_wrote_at or session.asked_at
    returnee.last_wrote_at = max(wrote_at, session.asked_at)
    session.info.setdefault(_TO_JUDGE, set()).add(returnee.id)


async def judge_all(session: Session) -> None:
    """Those who wrote."""
    await judge_anew(session, *session.info.pop(_TO_JUDGE, ()))


async def judge_anew(session: Session, *people: UUID) -> None:
    """What is held for them is judged again now: they wrote, or changed what holds it.

    Needs the service's scope: no organisation sees what the service sends.
    """
    if not people:
        return
    await session.execute(_JUDGE_ANEW, {"people": list(people), "now": session.now})
    session.wakes(Topic.OUTBOX)


async def judge_barred(session: Session, *barred: ColumnElement[bool]) -> None:
    """Of a human's words that are held, those that may not go any more are judged now, whatever
    hour they are for: nobody who reads the case is to count on them until then. What `barred` says
    must be so of each: any other would go before its time.
    """
    words = (
        select(OutboxRow.id)
        .where(
            OutboxRow.state == OutboxState.HELD,
            OutboxRow.notice_class == NoticeClass.HUMAN,
            *barred,
        )
        # As above.
        .with_for_update(skip_locked=True)
    )
    await session.execute(
        update(OutboxRow)
        .where(among(OutboxRow.id, words))
        .values(not_before=session.now, state=OutboxState.WAITING)
    )
    session.wakes(Topic.OUTBOX)


async def look_anew(session: Session, returnee_id: UUID) -> None:
    """All that is held for them, though no clock would release it for long: they changed what
    holds it. Check-ins and what a pathway tells are held before they are put on their way.
    """
    # Whoever judges one of theirs just now does so by what was true before.
    await lock_person(session, returnee_id)
    for held_ones in (CheckIn, Information):
        await session.execute(
            update(held_ones)
            .where(held_ones.returnee_id == returnee_id, held_ones.state == CheckInState.HELD)
            .values(due_at=session.now)
        )
    await judge_anew(session, returnee_id)
