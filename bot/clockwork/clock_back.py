"""PostgreSQL's clock may be ahead for a while and then be set right, as after a machine woke up.

What was written meanwhile lies ahead of now: alerts would be silent, chats closed and leases
unbroken until that time has really come. So the newest time that was seen is kept, and where the
clock is behind it, whatever can only be a moment ahead is brought back to that moment. Decision
0054 says what is left where it is, and why.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Interval,
    TextClause,
    and_,
    exists,
    func,
    inspect,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import QueryableAttribute

from bot.channels import postman
from bot.delivery.claiming import LEASE
from domain.cases import clock
from domain.cases.deadlines import PACES
from domain.channels.calling import LONGEST_PAUSE
from domain.messages.keeping import LISTEN_WITHIN
from domain.privacy.handing_over import COPY_STAYS
from domain.referrals import climbing
from domain.referrals.handing_over import ASK_AGAIN, TRY_AGAIN
from domain.referrals.making import PARTNER_ANSWERS_WITHIN, PERSON_ANSWERS_WITHIN
from domain.replies.unsent import GRACE_IN_TELEGRAM
from domain.safeguarding.complaints import CONFIDES_FOR
from domain.safety.rejudging import TIDYING
from domain.safety.screens import STAYS_OPEN
from domain.staff.sign_in import LOCKED_FOR
from storage.batches import among
from storage.inbox.failed import PATIENCE
from storage.inbox.outages import NEWEST_TIME, not_ahead, outage
from storage.kinds import NoticeClass, OutboxState, ReferralState, TaskKind
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case, CaseTask, Message
from storage.tables.channels import ChannelCall
from storage.tables.inbox import WAITS, InboxRow
from storage.tables.outbox import OutboxLane, OutboxRow
from storage.tables.partners import MailLink
from storage.tables.recent_words import RecentWords
from storage.tables.referrals import Referral
from storage.tables.returnees import PictureLock, Returnee
from storage.tables.safeguarding import Complaint
from storage.tables.service import Fact, RunningReplica, SendBudget
from storage.tables.staff import Staff
from storage.tables.traces import Trace
from storage.wakes import Topic

log = structlog.get_logger()

# A clock that went back by less is let be: it holds up nobody for longer than that.
_STEP = timedelta(seconds=5)
# What was under way as the clock went back may write the old time, or hold a lock, for so long.
_LATECOMERS = timedelta(minutes=1)
# What the fact says of that, beside when nobody looked.
_GOES_ON_UNTIL = "until"
# Our own pauses for a chat are no longer; where Telegram wants a longer one, it says so again.
_PAUSE = timedelta(minutes=1)
# For instants at which something happened: they never lie ahead.
_HAPPENED = timedelta()

_HELD = OutboxRow.state == OutboxState.HELD


@dataclass(frozen=True, slots=True)
class _Bound:
    """How far ahead of now an instant of that column can rightly lie."""

    column: QueryableAttribute[Any]
    most: timedelta | ColumnElement[timedelta]
    conditions: tuple[ColumnElement[bool] | TextClause, ...] = ()


_ON_THE_DATABASES_CLOCK = (
    _Bound(OutboxLane.open_at, _PAUSE),
    _Bound(OutboxLane.closed_until, _PAUSE),
    _Bound(SendBudget.closed_until, _PAUSE),
    _Bound(OutboxRow.leased_until, LEASE),
    _Bound(InboxRow.retry_at, PATIENCE[-1], (text(WAITS),)),
    _Bound(ChannelCall.next_try_at, LONGEST_PAUSE),
    # A replica that seems to have begun later than now is not missed when it dies.
    _Bound(RunningReplica.since, _HAPPENED),
    _Bound(Staff.locked_until, LOCKED_FOR),
    # When a guard last looked, and the newest backup was taken.
    _Bound(Fact.changed_at, _HAPPENED),
)
_ON_THE_RULES_CLOCK = (
    _Bound(Message.listen_by, LISTEN_WITHIN, (Message.heard_at.is_(None),)),
    _Bound(Complaint.listen_by, LISTEN_WITHIN, (Complaint.closed_at.is_(None),)),
    *(
        _Bound(
            Complaint.next_alert_at,
            pace.repeat,
            (
                Complaint.closed_at.is_(None),
                Complaint.taken_by.is_(None),
                Complaint.severity == severity,
            ),
        )
        for severity, pace in PACES.items()
    ),
    # From these a referral's deadline is counted, and from when on one of the staff may decide.
    _Bound(Referral.made_at, _HAPPENED),
    _Bound(Referral.offered_at, _HAPPENED),
    # A third organisation's case that closes after this lets whoever took over begin.
    _Bound(Referral.handed_over_at, _HAPPENED),
    # When an unanswered one lapses, both stop helping together, or somebody asks how it went.
    _Bound(Referral.look_at, PERSON_ANSWERS_WITHIN, (Referral.state == ReferralState.ASKED,)),
    _Bound(
        Referral.look_at,
        PARTNER_ANSWERS_WITHIN,
        (Referral.state.in_((ReferralState.TO_DECIDE, ReferralState.OFFERED)),),
    ),
    _Bound(
        Referral.look_at,
        # In an emergency, or while something is unheard, it is tried again.
        func.greatest(
            func.make_interval(0, 0, 0, Referral.joint_days, type_=Interval),
            literal(TRY_AGAIN),
            type_=Interval,
        ),
        (Referral.state == ReferralState.ACCEPTED, Referral.mail_partner_id.is_(None)),
    ),
    _Bound(
        Referral.look_at,
        ASK_AGAIN,
        (
            or_(
                Referral.state == ReferralState.HANDED_OVER,
                and_(
                    Referral.state == ReferralState.ACCEPTED,
                    Referral.mail_partner_id.is_not(None),
                ),
            ),
        ),
    ),
    # What tells a partner of one that has a mailbox only.
    _Bound(MailLink.mail_at, postman.LEASE),
    # So long a case rests on what a supervisor was asked.
    *(
        _Bound(
            CaseTask.due_at,
            pace.claim,
            (
                CaseTask.kind == TaskKind.CONSULT,
                CaseTask.done_at.is_(None),
                exists().where(Case.id == CaseTask.case_id, Case.severity == severity),
            ),
        )
        for severity, pace in PACES.items()
    ),
    # In a crisis the numbers are told again after a while.
    _Bound(Case.crisis_told_at, _HAPPENED, (UNRESOLVED,)),
    # Whoever wrote a moment ago may be written to outside of their hours (P4).
    _Bound(Returnee.last_wrote_at, _HAPPENED),
    # A block of after that counts.
    _Bound(Returnee.unblocked_at, _HAPPENED),
    _Bound(Staff.telegram_heard_at, _HAPPENED),
    # What they write goes past the team.
    _Bound(Returnee.confides_until, CONFIDES_FOR),
    # What a watched phone shows is covered again, and whatever is on a phone taken off it in time.
    _Bound(PictureLock.open_until, STAYS_OPEN),
    _Bound(OutboxRow.not_before, STAYS_OPEN, (_HELD, OutboxRow.held.in_(TIDYING))),
    _Bound(
        OutboxRow.not_before,
        COPY_STAYS,
        (
            _HELD,
            OutboxRow.held.is_(None),
            OutboxRow.notice_class == NoticeClass.REPLY,
            OutboxRow.returnee_id.is_not(None),
        ),
    ),
    # What was tried in vain lets others go first for no longer.
    _Bound(OutboxRow.not_before, _PAUSE, (_HELD, OutboxRow.held.is_(None), OutboxRow.tries > 0)),
    _Bound(Trace.sent_at, _HAPPENED),
    _Bound(RecentWords.said_at, _HAPPENED),
    # What was said just now is not said again.
    _Bound(OutboxRow.created_at, _HAPPENED, (OutboxRow.sameness.is_not(None),)),
    # A worker's words that lie still for a moment; never those whose time they chose.
    _Bound(
        OutboxRow.not_before,
        GRACE_IN_TELEGRAM,
        (
            _HELD,
            OutboxRow.held.is_(None),
            exists().where(Message.outbox_id == OutboxRow.id, ~Message.planned),
        ),
    ),
)


async def bring_back(session: Session) -> int:
    """The tick: notices that the database's clock went back, and undoes what that would hold up;
    and that nobody has looked for a while, which makes late what was pressed meanwhile.

    One replica at a time. Goes on for a minute, since not all is written and free at once.
    """
    now = session.database_now
    first = insert(Fact).values(name=NEWEST_TIME, value={}, changed_at=now)
    await session.execute(first.on_conflict_do_nothing())
    newest = await session.scalar(
        select(Fact).where(Fact.name == NEWEST_TIME).with_for_update(skip_locked=True)
    )
    if newest is None:
        return 0
    behind = newest.changed_at - now
    newest.value = {**newest.value, **outage(newest.changed_at, now)}
    newest.changed_at = now
    if behind > _STEP:
        until = (now + _LATECOMERS).isoformat()
        newest.value = {**not_ahead(newest.value, now), _GOES_ON_UNTIL: until}
    if _GOES_ON_UNTIL in newest.value:
        await _bring_all_back(session)
        if datetime.fromisoformat(newest.value[_GOES_ON_UNTIL]) <= now:
            newest.value = {
                name: each for name, each in newest.value.items() if name != _GOES_ON_UNTIL
            }
    if behind > _STEP:
        seconds = int(behind.total_seconds())
        log.warning("the database's clock went back", action="clock.back", number=seconds)
    return 0


async def _bring_all_back(session: Session) -> None:
    await session.flush()
    for bound in _ON_THE_DATABASES_CLOCK:
        await _keep_within(session, bound, session.database_now)
    for bound in _ON_THE_RULES_CLOCK:
        await _keep_within(session, bound, session.now)
    await clock.bring_back(session)
    await climbing.bring_back(session)
    for topic in (Topic.INBOX, Topic.OUTBOX, Topic.CHANNELS):
        session.wakes(topic)


async def _keep_within(session: Session, bound: _Bound, now: datetime) -> None:
    """What somebody has locked is left for the next time, so nobody waits for anybody here."""
    table, latest = bound.column.class_, literal(now, DateTime(timezone=True)) + bound.most
    (key,) = inspect(table).primary_key
    ahead = (
        select(key)
        .where(bound.column > latest, *bound.conditions)
        .with_for_update(skip_locked=True, of=table)
    )
    await session.execute(
        update(table)
        .where(among(key, ahead))
        .values({bound.column.key: latest})
        .execution_options(synchronize_session=False)
    )
