"""What waits in the outbox and need not go any more, since it is taken back or something newer says
what it would have said.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from storage.batches import at_most, one_of
from storage.kinds import UNSENT, OutboxState
from storage.outbox.contents import Content, Notification, Window
from storage.outbox.letters import Delivery, Letter, cancel, content_of, post, put, written
from storage.sessions import Session
from storage.tables.outbox import UNWORDED, OutboxRow
from storage.wakes import Topic

# In the statement itself, as in the words of an index.
_NOUGHT = literal_column("0", BigInteger)
# A connection that was cut may have brought it to the phone all the same.
_UNSENT = select(OutboxRow).where(
    one_of(OutboxRow.stand_in, "numbers"),
    OutboxRow.state.in_(UNSENT),
    OutboxRow.leased_until.is_(None),
    or_(OutboxRow.tries == 0, OutboxRow.error == UNWORDED),
)
_WAITS = (OutboxRow.state == OutboxState.WAITING, OutboxRow.number > _NOUGHT)
_KNOW: CompoundSelect[Any] = union_all(
    _UNSENT.with_only_columns(OutboxRow.stand_in, OutboxRow.lane),
    select(_NOUGHT, OutboxRow.lane).where(one_of(OutboxRow.lane, "lanes"), *_WAITS).distinct(),
)
# As many windows as anybody presses in turn.
_LOOKED_BACK = 8
_LAST = (
    select(OutboxRow)
    .where(OutboxRow.lane == bindparam("lane"), *_WAITS)
    .order_by(OutboxRow.number.desc())
    .limit(at_most(_LOOKED_BACK))
)
# Unless it may have arrived, or somebody counts on it.
_TO_GIVE_WAY = (
    select(OutboxRow)
    .where(
        OutboxRow.id == bindparam("row"),
        OutboxRow.state == OutboxState.WAITING,
        OutboxRow.leased_until.is_(None),
        OutboxRow.tries == 0,
        OutboxRow.sameness.is_(None),
        OutboxRow.case_id.is_(None),
        OutboxRow.check_in_id.is_(None),
    )
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)
# The rest is of its place in the queue.
_WHAT_IT_SAYS = ("content", "priority", "returnee_id", "created_at", "expires_at")


async def know_unsent(
    session: Session, stand_ins: Sequence[int], chat_ids: Sequence[int] = ()
) -> None:
    """Asks which of these are not yet on their way, and in which of these chats anything waits,
    before each is asked for: most have left, and mostly nothing does.
    """
    if stand_ins or chat_ids:
        lanes = [session.keys.look_up(chat_id, "chat") for chat_id in chat_ids]
        asked = {"numbers": stand_ins, "lanes": lanes}
        found = (await session.execute(_KNOW, asked)).all()
        unsent = {number for number, _ in found}
        _unsent(session).update((number, number in unsent) for number in stand_ins)
        _busy(session).update(lane for number, lane in found if number == 0)


async def put_newest(
    session: Session, chat_id: int, content: Content, delivery: Delivery
) -> OutboxRow:
    """Puts something on its way that may take the place of a message.

    What waits to take the same place, or says the same, and was put last in its chat, says this
    instead: who asks again and again has no queue of it in front of what matters. Only edits of
    other messages may stand behind it, which come to the same before and after: so order holds,
    and nothing comes later than it would.
    """
    row = await _that_gives_way(session, chat_id, content, delivery)
    if row is None:
        return await put(session, chat_id, content, delivery)
    _say_instead(session, row, Letter(chat_id, content, delivery))
    return row


async def post_newest(session: Session, letter: Letter) -> int:
    """As `put_newest`, for whoever needs no more than the stand-in: inserted with the others that
    are posted, in one statement.
    """
    chat_id, content, delivery = letter.chat_id, letter.content, letter.delivery
    row = await _that_gives_way(session, chat_id, content, delivery)
    if row is not None:
        _say_instead(session, row, letter)
    elif delivery.once is None:
        return post(session, letter)
    else:
        row = await put(session, chat_id, content, delivery)
    assert row.stand_in is not None
    return row.stand_in


def _say_instead(session: Session, row: OutboxRow, letter: Letter) -> None:
    says = written(session, letter)
    for name in _WHAT_IT_SAYS:
        setattr(row, name, says[name])
    session.wakes(Topic.OUTBOX)


async def _that_gives_way(
    session: Session, chat_id: int, content: Content, delivery: Delivery
) -> OutboxRow | None:
    """What covers a message goes when other things may not, and gives way to its like alone."""
    lane = session.keys.look_up(chat_id, "chat")
    if lane not in _busy(session) or not _only_says(delivery):
        return None
    for row in (await session.scalars(_LAST, {"lane": lane})).all():
        waits = content_of(row, session.keys)
        if _says_the_same(waits, content):
            return await _if_it_gives_way(session, row, delivery)
        if not (_is_edit(waits) and _is_edit(content)):
            return None
    return None


async def _if_it_gives_way(
    session: Session, row: OutboxRow, delivery: Delivery
) -> OutboxRow | None:
    if row.notice_class is not delivery.notice_class or row.priority < delivery.priority:
        return None
    return await session.scalar(_TO_GIVE_WAY, {"row": row.id})


def _says_the_same(waits: Content, content: Content) -> bool:
    """Word for word, or in place of the same message."""
    place = _place(content)
    return waits == content if place is None else _place(waits) == place


def _is_edit(content: Content) -> bool:
    return isinstance(content, Notification | Window) and content.edit is not None


def _only_says(delivery: Delivery) -> bool:
    """Nobody counts on it, and it goes now."""
    return (
        delivery.once is None
        and delivery.not_before is None
        and delivery.case_id is None
        and delivery.check_in_id is None
    )


def _place(content: Content) -> tuple[str, int] | None:
    """Which message it changes, or is shown instead of."""
    if isinstance(content, Notification | Window) and content.edit is not None:
        return "edit", content.edit
    if isinstance(content, Window) and content.replaces is not None:
        return "replaces", content.replaces
    return None


async def take_back(session: Session, stand_in: int) -> Content | None:
    """What a message that is not yet on its way would have said; it will not go any more.

    None for one that left, is leaving, or goes by a number of Telegram's.
    """
    row = await _not_on_its_way(session, stand_in)
    if row is None:
        return None
    content = content_of(row, session.keys)
    cancel(session, row)
    return content


async def call_off(session: Session, stand_in: int) -> bool:
    """The same, without a look at what it would have said, which need not open any more."""
    row = await _not_on_its_way(session, stand_in)
    if row is None:
        return False
    cancel(session, row)
    return True


async def call_back(session: Session, why: str, *which: ColumnElement[bool]) -> Sequence[OutboxRow]:
    """Of all that this is true of, nothing goes any more but what is leaving this very moment.

    Returns what does not, in order.
    """
    await session.flush()
    found = await session.scalars(
        select(OutboxRow)
        .where(
            *which,
            OutboxRow.state.in_(UNSENT),
            or_(
                OutboxRow.leased_until.is_(None),
                OutboxRow.leased_until < func.clock_timestamp(),
            ),
        )
        .order_by(OutboxRow.number)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    waiting = found.all()
    for row in waiting:
        cancel(session, row)
        row.error = why
    return waiting


async def _not_on_its_way(session: Session, stand_in: int) -> OutboxRow | None:
    if stand_in > 0 or not _unsent(session).get(stand_in, True):
        return None
    return await session.scalar(_UNSENT.with_for_update(skip_locked=True), {"numbers": [stand_in]})


def _unsent(session: Session) -> dict[int, bool]:
    unsent: dict[int, bool] = session.info.setdefault("unsent", {})
    return unsent


def _busy(session: Session) -> set[bytes]:
    """Chats in which something waits, of those that were asked about."""
    busy: set[bytes] = session.info.setdefault("busy", set())
    return busy
