"""Taking away what need not, or must not, be kept."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select, update
from sqlalchemy.orm import aliased

from domain.one_by_one import each_by_itself, together_or_each
from domain.privacy import emptied
from domain.recovery.lost_messages import take_lost_away
from domain.replies.unopened import taken_unopened
from domain.returnees.chats import chat_id_of
from domain.returnees.file_numbers import take_file_number
from storage.batches import among, at_most, delete_chosen
from storage.inbox.handled import forget_handled
from storage.kinds import NoticeClass
from storage.outbox.contents import Deletion
from storage.outbox.letters import Delivery, put
from storage.sessions import Session
from storage.tables.consent import Renewal
from storage.tables.outbox import OutboxLane, OutboxRow
from storage.tables.returnees import GUARDED, STILL_ENROLLED, Enrolment, Invite, Returnee
from storage.tables.safeguarding import ComplaintMessage
from storage.tables.service import DialogState
from storage.tables.staff import StaffCode, StaffSession
from storage.tables.traces import Trace

# Nothing that is linked to a chat outlives this without an enrolment.
_NO_RECORD = timedelta(hours=48)
# Telegram lets a bot delete messages until 48 hours after they were sent: an hour for trouble.
_TOO_OLD = timedelta(hours=48)
_LAST_CHANCE = timedelta(hours=47)
# Until then it is looked at whether somebody wrote there what nobody has opened; and what somebody
# has opened a moment ago stays for so long.
_LAST_LOOK = timedelta(hours=47, minutes=30)
_TO_BE_READ = timedelta(minutes=15)
# Of each kind, within one transaction.
_MOST = 1000
# Of what is too old to be taken away, so many messages go into one row of the outbox: each may take
# three calls, of which Telegram soon has enough. The next ones follow a while later.
_AT_A_TIME = 10
_A_WHILE = timedelta(minutes=1)
# So long somebody who opens an invite that nobody used is told that it is too old.
_TOLD_THAT_IT_IS_OLD = timedelta(days=365)
# So many people's at a time: for each whom a worker wrote to there is much to do.
_MOST_NOTED = 50


async def sweep(session: Session) -> int:
    """One pass over everything that has had its time, a batch of each kind; how many rows it took.

    Call it again until it returns 0.
    """
    taken = await _note_what_nobody_opened(session)
    taken += await _sweep_traces(session)
    taken += await take_lost_away(session)
    taken += await forget_handled(session, _NO_RECORD)
    taken += await _bring_file_numbers(session)
    taken += await _empty_invites(session)
    gone, unanswered = session.now - _NO_RECORD, session.now - _TOLD_THAT_IT_IS_OLD
    # A message of a case keeps its row: there its delivery is on record, though not its words.
    of_no_case = OutboxRow.case_id.is_(None)
    # Nor goes a question before it was seen that it came: it would be asked once more.
    asks_nothing = ~exists().where(
        Renewal.returnee_id == OutboxRow.returnee_id, Renewal.outbox_id == OutboxRow.id
    )
    # Nor what safeguarding wrote, as long as that is kept: whoever answers it by the gesture for
    # that must not be read by the team.
    told_in_confidence = exists().where(ComplaintMessage.outbox_id == OutboxRow.id)
    # A chat that may be written to again is as one that never was, so few rows are ever there to
    # look through. By the full hour: an instant that moves on would find some more each time.
    hour = session.database_now.replace(minute=0, second=0, microsecond=0)
    not_closed = or_(OutboxLane.closed_until.is_(None), OutboxLane.closed_until < hour)
    for key, ended, before, *conditions in (
        (OutboxRow.id, OutboxRow.finished_at, gone, of_no_case, asks_nothing, ~told_in_confidence),
        (OutboxLane.lane, OutboxLane.open_at, hour, not_closed),
        (DialogState.key, DialogState.changed_at, gone),
        (StaffSession.id, StaffSession.expires_at, session.database_now),
        (StaffCode.id, StaffCode.expires_at, session.now),
        (Invite.id, Invite.expires_at, unanswered, Invite.used_at.is_(None)),
    ):
        old = _oldest(key, ended, before, *conditions)
        taken += await delete_chosen(session, key, old)
    return taken


async def _bring_file_numbers(session: Session) -> int:
    """Of those who came through an older replica, which leaves them with the invite."""
    came = await session.execute(
        select(Enrolment, Invite)
        .join(Invite, Invite.id == Enrolment.invite_id)
        .where(
            Invite.organisation_id == Enrolment.organisation_id,
            Invite.used_at.is_not(None),
            Invite.file_number_key.is_not(None),
            Enrolment.file_number_key.is_(None),
            STILL_ENROLLED,
        )
        .limit(at_most(_MOST))
        .with_for_update(key_share=True, skip_locked=True)
    )
    brought = came.all()
    for enrolment, invite in brought:
        take_file_number(session.keys, enrolment, invite)
    return len(brought)


async def _empty_invites(session: Session) -> int:
    """Of words agreed on with somebody who did not come in time, and of their file's number: no use
    to anybody now.
    """
    taken = 0
    for held, nothing in (
        (Invite.words, {"words": None}),
        (Invite.file_number_key, {"file_number": None, "file_number_key": None}),
    ):
        old = _oldest(Invite.id, Invite.expires_at, session.now, held.is_not(None))
        emptied = await session.scalars(
            update(Invite).where(among(Invite.id, old)).values(nothing).returning(Invite.id)
        )
        taken += len(emptied.all())
    return taken


def _oldest(
    key: Any, ended: Any, before: datetime, *conditions: ColumnElement[bool]
) -> Select[Any]:
    """Some of those that ended before then: in an index's order, lest a whole table is looked
    through for them.
    """
    return (
        select(key)
        .where(ended < before, *conditions)
        .order_by(ended)
        .limit(at_most(_MOST))
        .with_for_update(skip_locked=True)
    )


async def _note_what_nobody_opened(session: Session) -> int:
    """Before it goes. It is a few people's at a time, whose own messages wait meanwhile; where
    nothing of theirs can be noted, it is the next ones' turn.
    """
    oldest = (
        select(Returnee.id)
        .join(Trace, Trace.chat_key == Returnee.chat_key)
        .where(_unopened(session), GUARDED)
        .order_by(Trace.sent_at)
        .limit(at_most(_MOST))
    )
    people = list(dict.fromkeys(await session.scalars(oldest)))
    for start in range(0, len(people), _MOST_NOTED):
        noted = await _note(session, people[start : start + _MOST_NOTED])
        if noted:
            return noted
    return 0


async def _note(session: Session, ids: Sequence[UUID]) -> int:
    """They are locked first, as by whatever comes from their phones; of those who just do something
    there it is looked for with the next pass.
    """
    people = await session.scalars(
        select(Returnee)
        .where(Returnee.id.in_(ids))
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    noted = 0

    async def note(session: Session, some: Sequence[Returnee]) -> None:
        nonlocal noted
        whose = {returnee.chat_key: returnee.id for returnee in some}
        found = await session.execute(
            update(Trace)
            .where(Trace.chat_key.in_(whose), _unopened(session))
            .values(unopened=False)
            .returning(Trace.chat_key, Trace.message_id)
            .execution_options(synchronize_session=False)
        )
        gone = {(whose[chat_key], number) for chat_key, number in found}
        await taken_unopened(session, gone)
        await emptied.ask_once_more(session, gone)
        noted += len(gone)

    await together_or_each(session, people.all(), note, _leave, "sweep.failed")
    return noted


def _unopened(session: Session) -> ColumnElement[bool]:
    return and_(Trace.unopened, Trace.sent_at < session.now - _LAST_CHANCE)


async def _sweep_traces(session: Session) -> int:
    """What stands on a discreet or watched phone, or in a frozen chat, goes before it can't be
    taken back any more.
    """
    newer = aliased(Trace)
    just_opened = exists().where(
        newer.chat_key == Trace.chat_key,
        newer.message_id == Trace.message_id,
        newer.sent_at > session.now - _TO_BE_READ,
    )
    need_not_stay = and_(~Trace.unopened, ~just_opened)
    may_go = or_(need_not_stay, Trace.sent_at < session.now - _LAST_LOOK)
    old = _oldest(Trace.id, Trace.sent_at, session.now - _LAST_CHANCE, may_go)
    taken = await session.execute(
        delete(Trace)
        .where(among(Trace.id, old))
        .returning(Trace.chat_key, Trace.message_id, Trace.sent_at)
    )
    came: dict[bytes, dict[int, datetime]] = defaultdict(dict)
    traces = taken.all()
    for chat_key, number, at in traces:
        # Telegram counts from when it came first.
        came[chat_key][number] = min(at, came[chat_key].get(number, at))
    guarded = await session.scalars(
        select(Returnee).where(Returnee.chat_key.in_(list(came)), GUARDED)
    )
    await each_by_itself(session, guarded.all(), partial(_clear, came=came), _leave, "sweep.failed")
    return len(traces)


async def _clear(
    session: Session, returnee: Returnee, came: Mapping[bytes, Mapping[int, datetime]]
) -> None:
    """What came too long ago, as where we were away, is written over, each by itself. It goes apart
    and a few at a time: what waits for its turn lets whatever their chat is told go first (P1).
    """
    theirs, too_old = came[returnee.chat_key], session.now - _TOO_OLD
    old = sorted((number for number, at in theirs.items() if at < too_old), reverse=True)
    few = [old[start : start + _AT_A_TIME] for start in range(0, len(old), _AT_A_TIME)]
    young = sorted(theirs.keys() - set(old))
    for turn, some in enumerate([young, *few] if young else few):
        delivery = Delivery(
            NoticeClass.REPLY, returnee_id=returnee.id, not_before=session.now + turn * _A_WHILE
        )
        await put(session, chat_id_of(session, returnee), Deletion(tuple(some)), delivery)


async def _leave(session: Session, returnee: Returnee) -> None:
    """What can't be noted goes all the same. Where a chat's number does not open any more, nobody
    can clear it.
    """
