"""What stands on a watched screen, and when it goes: a few minutes after the last activity."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, update

from domain.notices import Notice, tell
from domain.returnees.chats import chat_id_of
from domain.returnees.phone import discretion_now
from domain.safety.judging import Held
from domain.safety.outgoing import REPLY_LIFE
from domain.safety.rejudging import TIDYING
from storage.batches import at_most
from storage.kinds import UNSENT, Discretion, Hold, NoticeClass, OutboxState, Visible
from storage.outbox.contents import Clearing, Deletion, Notification
from storage.outbox.letters import Delivery, cancel, content_of, put
from storage.outbox.traces import read_messages
from storage.sessions import Session
from storage.tables.outbox import UNWORDED, OutboxRow
from storage.tables.returnees import PictureLock, Returnee, Safety

# After so long without a word or a press, nobody may be looking whom we know.
STAYS_OPEN = timedelta(minutes=3)
# Until then what came late can be read.
_BEFORE_IT_VANISHES = timedelta(seconds=30)
#: Among the params of what covers: by what number that travelled.
CAME_AS = "came_as"


async def show(
    session: Session,
    returnee: Returnee,
    notice: Notice,
    params: dict[str, Any],
    *,
    edit: int | None,
) -> None:
    """Shows it openly in the place of a message that the person just pressed, if that is known."""
    discretion = discretion_now(returnee)
    # What was covered, and is opened where nobody else reads any more, is asked for at any hour.
    if discretion is Discretion.OPEN and not params.get("opened"):
        await tell(session, returnee, notice, params, edit=edit)
        return
    shown = {"notice": notice, "params": params}
    row = await tell(session, returnee, Notice.REVEALED, shown, edit=edit)
    if discretion is Discretion.WATCHED:
        # Where that message is gone by then, they come in another one.
        came_as = {**shown, CAME_AS: row.stand_in}
        await cover_later(session, returnee, came_as, row.stand_in if edit is None else edit)


async def show_grid(
    session: Session, returnee: Returnee, tapped: int = 0, *, edit: int | None = None
) -> None:
    """The pictures, of which so many were tapped. Late they come no more: when the person writes
    again, somebody else may look.
    """
    soon = session.asked_at + REPLY_LIFE
    count = {"count": tapped}
    await tell(session, returnee, Notice.PICTURES, count, edit=edit, expires_at=soon)


async def cover_later(
    session: Session, returnee: Returnee, shown: dict[str, Any], edit: int | None
) -> None:
    """One message is covered once, as what it showed last."""
    for row in await session.scalars(_waiting(returnee).where(OutboxRow.held == Hold.COVERS)):
        covers = content_of(row, session.keys)
        if isinstance(covers, Notification) and covers.edit == edit:
            cancel(session, row)
    until = session.now + STAYS_OPEN
    row = await tell(session, returnee, Notice.CONCEALED, shown, edit=edit, not_before=until)
    row.held = Hold.COVERS
    await session.flush()


async def take_away(session: Session, returnee: Returnee, number: int) -> None:
    """One message goes, and nothing comes in its place."""
    delivery = Delivery(NoticeClass.REPLY, returnee_id=returnee.id)
    await put(session, chat_id_of(session, returnee), Deletion((number,)), delivery)


async def lies_open(session: Session, returnee: Returnee) -> bool:
    """Whether what they opened last could be read when they wrote or pressed what is handled now:
    on a watched phone, until it was covered.
    """
    if discretion_now(returnee) is not Discretion.WATCHED:
        return True
    # Or would have come then, had what it covers not been taken away.
    came_since = and_(
        OutboxRow.state.in_((OutboxState.SENT, OutboxState.FAILED)),
        OutboxRow.finished_at > session.asked_at,
    )
    covers = select(OutboxRow.id).where(
        OutboxRow.returnee_id == returnee.id,
        OutboxRow.held == Hold.COVERS,
        or_(OutboxRow.state.in_(UNSENT), came_since),
    )
    return await session.scalar(covers.limit(at_most(1))) is not None


async def active(session: Session, returnee: Returnee) -> None:
    """They wrote or pressed something: on a watched phone, what is open stays so for a while; the
    row of pictures is asked for again that long after they did.
    """
    if discretion_now(returnee) is not Discretion.WATCHED:
        return
    until = session.now + STAYS_OPEN
    moved = await session.scalars(
        update(OutboxRow)
        .where(
            OutboxRow.returnee_id == returnee.id,
            OutboxRow.state == OutboxState.HELD,
            OutboxRow.held.in_(TIDYING),
        )
        .values(not_before=until)
        .returning(OutboxRow.held)
        .execution_options(synchronize_session=False)
    )
    if Hold.VANISHES not in moved.all():
        await _vanish_later(session, returnee, until)
    await session.execute(
        update(PictureLock)
        .where(PictureLock.returnee_id == returnee.id, PictureLock.open_until > session.now)
        .values(open_until=func.greatest(PictureLock.open_until, session.asked_at + STAYS_OPEN))
        .execution_options(synchronize_session=False)
    )


async def watched_from_now(session: Session, returnee: Returnee) -> None:
    """What stood there until now may say anything, and so may what is on its way there. It goes
    like all that is on a watched screen, though nobody should write or press anything more.
    """
    await _vanish_later(session, returnee, session.now + STAYS_OPEN, watched_since=session.now)


async def what_vanishes(
    session: Session,
    returnee: Returnee,
    watched_since: datetime | None = None,
    put_before: int = 0,
) -> list[int]:
    """What goes now of the chat, as the person chose; never what they have not opened yet. Where
    ordinary pages may stay, what came before the phone was watched is none of them, nor what was
    on its way to it then: put before the row of this number.

    Of a frozen one only what was written there: ours says nothing, and an empty chat can alarm.
    """
    if not await clears_itself(session, returnee):
        return []
    visible = (await session.get_one(Safety, returnee.id)).visible
    only_theirs = returnee.frozen_at is not None or visible is Visible.ORDINARY
    late = await _came_late(session, returnee, put_before) if watched_since else ()
    return await read_messages(
        session,
        chat_id_of(session, returnee),
        only_theirs=only_theirs,
        or_before=watched_since,
        or_these=late,
    )


async def clears_itself(session: Session, returnee: Returnee) -> bool:
    """Whether something goes off the screen soon: not where others look on and everything may stay,
    unless the stop word was used.
    """
    if discretion_now(returnee) is not Discretion.WATCHED:
        return False
    visible = (await session.get_one(Safety, returnee.id)).visible
    return returnee.frozen_at is not None or visible is not Visible.EVERYTHING


async def _came_late(session: Session, returnee: Returnee, put_before: int) -> Sequence[int]:
    """What was put before that row for this person, and stands there unchanged since."""
    found = await session.scalars(
        select(OutboxRow.message_id)
        .where(OutboxRow.returnee_id == returnee.id, OutboxRow.message_id.is_not(None))
        .group_by(OutboxRow.message_id)
        .having(func.max(OutboxRow.number) < put_before)
    )
    return [number for number in found if number is not None]


async def clears_too_soon(session: Session, row: OutboxRow) -> Held | None:
    """What clears a watched screen lets go first whatever came late and still waits: that would
    stand there until they write again. What is to be covered need not be, once it is gone; and for
    what nobody can word yet it would wait as long as that.
    """
    behind = select(OutboxRow.id).where(
        OutboxRow.lane == row.lane,
        OutboxRow.state == OutboxState.WAITING,
        OutboxRow.number > row.number,
        OutboxRow.held.is_distinct_from(Hold.COVERS),
        OutboxRow.error.is_distinct_from(UNWORDED),
    )
    if not await session.scalar(select(behind.exists())):
        return None
    return Held(session.now + _BEFORE_IT_VANISHES, Hold.VANISHES)


async def _vanish_later(
    session: Session, returnee: Returnee, until: datetime, watched_since: datetime | None = None
) -> None:
    """What is covered then is covered first."""
    delivery = Delivery(NoticeClass.REPLY, 9, not_before=until, returnee_id=returnee.id)
    clearing = Clearing(watched_since)
    row = await put(session, chat_id_of(session, returnee), clearing, delivery)
    row.held = Hold.VANISHES


def _waiting(returnee: Returnee) -> Select[OutboxRow]:
    return select(OutboxRow).where(
        OutboxRow.returnee_id == returnee.id, OutboxRow.state == OutboxState.HELD
    )
