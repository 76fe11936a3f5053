"""What became of a row, written back by whoever still holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, select

from bot.delivery.booking import FINISH_SENT
from bot.delivery.pace import Pace, count_sends, obey, put_off
from bot.delivery.sending import Sent
from domain.alerts.lost import alert_never_arrived, topic_stays
from domain.channels.telegram import groups_take_again
from domain.check_ins import outcomes as check_ins
from domain.identity.blocking import note_block
from domain.replies.unreached import never_arrived
from domain.returnees.asked_words import question_came, question_lost
from domain.returnees.person import lock_person
from domain.safeguarding.unreached import answer_never_arrived
from domain.staff import staff_of_chat
from storage.kinds import NoticeClass, OutboxState
from storage.outbox.contents import Deletion, TopicDeletion
from storage.outbox.letters import Delivery, chat_of, move_row, put
from storage.outbox.traces import leave_traces, opened
from storage.sessions import Session
from storage.tables.outbox import TRIES_IN_ORDER, UNWORDED, OutboxRow
from storage.tables.privacy import was_let_go
from storage.tables.returnees import Returnee
from storage.wakes import Topic

# Waits between tries while Telegram can't be reached; the last one repeats.
_BACKOFF = [timedelta(seconds=seconds) for seconds in (1, 2, 5, 15, 30, 60)]
#: Rows up to this priority, and what stands before them in their chat, find some room even when
#: everything else is slow.
URGENT = 2
#: And once Telegram is back, they must not sleep on.
URGENT_BACKOFF = timedelta(seconds=5)
#: Such a row is looked at again, by whichever replica, until nobody could for an hour: by then a
#: roll-out is over.
WORD_AGAIN = timedelta(seconds=30)
MOST_WORDINGS = 120
# Why it goes once more: its chat has another phone since it was taken.
_ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Taken:
    """A taker's right to a row: void once another taker has the next fence number."""

    id: UUID
    fence: int
    #: 0 where it does not matter.
    chat_id: int = 0
    #: The case in whose topic it belongs, if it goes to a staff group.
    topic_of: UUID | None = None
    #: It says nothing before somebody opens it.
    covers: bool = False
    #: The message there that was pressed, and that this opens.
    opens: int | None = None
    #: It may take many calls, and each try makes all of them.
    many_calls: bool = False
    #: Whom it asks for the two words that were agreed on.
    asks_for_words: UUID | None = None
    #: The topic that it deletes, with all that stands there.
    deletes: TopicDeletion | None = None
    #: Its row was looked at, and is still in that chat.
    settled: bool = False

    @property
    def group(self) -> bool:
        """Telegram's groups have negative numbers."""
        return self.chat_id < 0


async def sent(
    session: Session, pace: Pace, arrived: Sequence[tuple[Taken, Sent]]
) -> list[timedelta]:
    """Telegram has them. Only now a check-in counts as asked (P3): returns how late each was."""
    if not arrived:
        return []
    written_in = {
        taken.chat_id for taken, result in arrived if taken.group and result.message_id is not None
    }
    # Organisations before people, as everywhere (domain/organisations.py).
    await groups_take_again(session, written_in)
    asks_for_words = {each.id: each.asks_for_words for each, _ in arrived if each.asks_for_words}
    # Before any message of theirs, as whoever empties their chat does.
    for person in sorted(set(asks_for_words.values())):
        await lock_person(session, person)
    rows = (await session.execute(FINISH_SENT, _given(session, arrived))).all()
    in_groups = {taken.id for taken, _ in arrived if taken.group}
    await count_sends(session, {row.lane: pace.step(group=row.id in in_groups) for row in rows})
    await _trace(session, rows, covers={taken.id for taken, _ in arrived if taken.covers})
    asked = [row.check_in_id for row in rows if row.check_in_id is not None]
    session.wakes(Topic.OUTBOX)
    if any(row.case_id is not None for row in rows):
        session.wakes(Topic.CASES)
    late = await check_ins.confirmed(session, asked, session.now)
    let_go = {row.id: row.let_go for row in rows}
    await question_came(session, {whom for key, whom in asks_for_words.items() if key in let_go})
    return late + await _see_to_each(session, pace, arrived, let_go)


def _given(session: Session, arrived: Sequence[tuple[Taken, Sent]]) -> dict[str, Any]:
    return {
        "ids": [taken.id for taken, _ in arrived],
        "fences": [taken.fence for taken, _ in arrived],
        "messages": [result.message_id for _, result in arrived],
        "lanes": [_lane(session, taken, result) for taken, result in arrived],
        "now": session.now,
    }


async def _trace(session: Session, rows: Sequence[Row[Any]], *, covers: set[UUID]) -> None:
    """What stands in their chats from now on; a cover there until somebody opens it."""
    for unopened in (False, True):
        left = [
            (row.lane, row.message_id)
            for row in rows
            if row.message_id is not None and (row.id in covers) is unopened
        ]
        await leave_traces(session, left, unopened=unopened)


async def _see_to_each(
    session: Session,
    pace: Pace,
    arrived: Sequence[tuple[Taken, Sent]],
    let_go: Mapping[UUID, bool],
) -> list[timedelta]:
    """What comes of each for the phone where it stands now: of whatever is not booked yet, too, and
    how late that was.

    `let_go`: of those that are booked, whether their person was taken off that phone meanwhile.
    """
    late: list[timedelta] = []
    for taken, result in arrived:
        if taken.id not in let_go:
            late += await _went_astray(session, pace, taken, result)
        elif let_go[taken.id]:
            await _take_off(session, taken, result)
        elif taken.opens is not None:
            await opened(session, taken.chat_id, taken.opens)
    return late


def _lane(session: Session, taken: Taken, result: Sent) -> bytes | None:
    """Where its row must still be, if that matters."""
    if taken.settled or taken.chat_id <= 0 or result.message_id is None:
        return None
    return session.keys.look_up(taken.chat_id, "chat")


async def _went_astray(session: Session, pace: Pace, taken: Taken, result: Sent) -> list[timedelta]:
    """What came to a phone after another one took its place goes there, too, and nothing of it
    stays on the one before (P13).
    """
    row = await _if_still_leased(session, taken)
    if row is None:
        if await _is_for_nobody(session, taken):
            await _take_off(session, taken, result)
        return []
    if not _is_elsewhere(session, row, taken):
        # It is the same chat by the hash of another key.
        return await sent(session, pace, [(replace(taken, settled=True), result)])
    _end_lease(session, row, _ELSEWHERE)
    await _take_off(session, taken, result)
    return []


async def _is_for_nobody(session: Session, taken: Taken) -> bool:
    """Its row is gone, or its person was taken off that phone: they were forgotten while it was on
    its way, and it came all the same (P6). Nothing is taken from staff: of a case that is gone they
    have read no more than its code.
    """
    if await staff_of_chat(session, taken.chat_id) is not None:
        return False
    somebodys = exists().where(OutboxRow.id == taken.id, ~was_let_go(OutboxRow.returnee_id))
    return not await session.scalar(select(somebodys))


async def _take_off(session: Session, taken: Taken, result: Sent) -> None:
    """It came to a phone where nothing of it is to stay."""
    if taken.chat_id > 0 and result.message_id is not None:
        gone = Deletion((result.message_id,))
        await put(session, taken.chat_id, gone, Delivery(NoticeClass.REPLY))


def _is_elsewhere(session: Session, row: OutboxRow, taken: Taken) -> bool:
    return taken.chat_id > 0 and chat_of(row, session.keys) != taken.chat_id


async def failed(session: Session, taken: Taken, reason: str, *, blocked: bool = False) -> None:
    """It will never go. Whoever waits for it sees that, and why."""
    row = await _if_still_leased(session, taken)
    if row is None:
        return
    if _is_elsewhere(session, row, taken):
        # What one phone never takes the next one may.
        _end_lease(session, row, _ELSEWHERE)
        return
    if blocked and row.returnee_id is not None:
        returnee = await session.get_one(
            Returnee, row.returnee_id, with_for_update={"key_share": True}, populate_existing=True
        )
        note_block(session, returnee, row.created_at)
    if taken.asks_for_words is not None:
        await question_lost(session, [taken.asks_for_words])
    if taken.deletes is not None:
        await topic_stays(session, taken.deletes)
    await never_sent(session, row, reason, blocked=blocked)


async def never_sent(
    session: Session, row: OutboxRow, reason: str, *, blocked: bool = False
) -> None:
    """Whoever waits for it sees so; what it says, or how it travels, is not looked at."""
    _finish(session, row, OutboxState.FAILED)
    row.error = reason
    await never_arrived(session, row)
    await answer_never_arrived(session, row)
    await alert_never_arrived(session, row, blocked=blocked)
    if row.check_in_id is not None:
        await check_ins.failed(session, row.check_in_id, reason)


async def postponed(session: Session, taken: Taken, pace: Pace, reason: str) -> None:
    """Tried in vain, and will be again; the chat waits meanwhile, so that order holds. Not for
    ever: what Telegram takes at no try must not silence its chat, a crisis message included (P1).
    """
    row = await _if_still_leased(session, taken)
    if row is None:
        return
    _end_lease(session, row, reason)
    row.tries += 1
    wait = _BACKOFF[min(row.tries, len(_BACKOFF)) - 1]
    if row.priority <= URGENT:
        wait = min(wait, URGENT_BACKOFF)
    if row.tries >= TRIES_IN_ORDER:
        _step_aside(session, row, wait)
        wait = _BACKOFF[0]
    await put_off(session, row.lane, pace, wait)


async def told_to_wait(session: Session, taken: Taken, reason: str, wait: timedelta) -> None:
    """Telegram said for how long. What takes many calls, and is stopped between them, was tried in
    vain: it may be what Telegram has enough of, and must not silence its chat for ever (P1).
    """
    row = await _if_still_leased(session, taken)
    if row is None:
        return
    _end_lease(session, row, reason)
    if taken.many_calls:
        row.tries += 1
        if row.tries >= TRIES_IN_ORDER:
            # The others of its chat have their turn once that is open.
            _step_aside(session, row, wait + _BACKOFF[-1])
    await obey(session, row.lane, wait)


async def refused(session: Session, taken: Taken, pace: Pace, reason: str) -> None:
    """Telegram said no, and we don't know why: it may mean it, or not."""
    row = await _if_still_leased(session, taken)
    if row is not None and row.error != reason:
        # What else it was tried for is no refusal.
        row.tries = 0
    if row is not None and row.tries >= len(_BACKOFF):
        await failed(session, taken, reason)
    else:
        await postponed(session, taken, pace, reason)


async def unworded(session: Session, taken: Taken, reason: str) -> bool:
    """This release can't make it ready, as an older one beside a newer one can't: it waits.

    False where it waited for long enough, and will never go.

    Like all that is held it lets later messages of its chat go first. If it blocked them, one row
    that nobody can word would silence the chat for an hour, a crisis message included. What edits
    it or takes its place is said in a message of its own, as where it was never sent.
    """
    row = await _if_still_leased(session, taken)
    if row is None:
        return True
    if row.error != UNWORDED:
        row.error, row.tries = UNWORDED, 0
    row.tries += 1
    if row.tries > MOST_WORDINGS and await _could_fail(session, taken, reason):
        return False
    _step_aside(session, row, WORD_AGAIN)
    return True


async def _could_fail(session: Session, taken: Taken, reason: str) -> bool:
    """False where whatever waits for it is of a kind that this release doesn't know either."""
    try:
        async with session.begin_nested():
            await failed(session, taken, reason)
    except LookupError:
        return False
    return True


def worded(row: OutboxRow) -> None:
    """From now on its tries are tries to send it."""
    if row.error == UNWORDED:
        row.error, row.tries = None, 0


async def cancelled(session: Session, row: OutboxRow, reason: str) -> None:
    """Too late to be of use, or no longer wanted."""
    _finish(session, row, OutboxState.CANCELLED)
    row.error = reason
    if row.check_in_id is not None:
        await check_ins.missed(session, row.check_in_id, reason)


def goes_elsewhere(session: Session, row: OutboxRow, chat_id: int) -> None:
    """It was put for a phone that is theirs no more, by somebody who had not seen the new one."""
    move_row(session, row, chat_id)
    _end_lease(session, row, _ELSEWHERE)


async def _if_still_leased(session: Session, taken: Taken) -> OutboxRow | None:
    return await session.scalar(
        select(OutboxRow)
        .where(
            OutboxRow.id == taken.id,
            OutboxRow.fence == taken.fence,
            OutboxRow.state == OutboxState.WAITING,
        )
        .with_for_update()
    )


def _step_aside(session: Session, row: OutboxRow, wait: timedelta) -> None:
    """Later messages of its chat go first meanwhile, as with all that is held."""
    row.state, row.not_before, row.leased_until = OutboxState.HELD, session.now + wait, None


def _end_lease(session: Session, row: OutboxRow, reason: str) -> None:
    row.leased_until = None
    row.error = reason
    session.wakes(Topic.OUTBOX)


def _finish(session: Session, row: OutboxRow, state: OutboxState) -> None:
    row.state = state
    row.content = None
    row.leased_until = None
    row.finished_at = session.now
    session.wakes(Topic.OUTBOX)
    if row.case_id is not None:
        session.wakes(Topic.CASES)
