"""What became of a prompt on its way. Our failures are booked as ours (P3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    String,
    Update,
    Uuid,
    bindparam,
    case,
    column,
    func,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from domain.check_ins.calling import call_about_unreachable
from storage.batches import one_of
from storage.kinds import TO_COME, CheckInState, Hold
from storage.sessions import Session
from storage.tables.base import table_of
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee

#: Why one was missed by us alone, whatever else held it: its time ran out, or something of it is
#: broken. So it is where a backup was restored (domain/recovery/quiet.py).
LATE, BROKEN = "late", "broken"
#: Of the reasons for which something waits, those that are a person's own word.
WISHED = (Hold.PAUSED, Hold.FROZEN, Hold.LEAVING, Hold.NEVER_FIRST)
#: Why what measures health is not asked: whoever looked after its results has left.
NO_CLINICIAN = "no-clinician"
#: Why one was not asked, or could not be: they have blocked us.
BLOCKED = "blocked"
# Nobody is silent before that.
PATIENCE = timedelta(hours=24)

_INSTANT = DateTime(timezone=True)
_NOT_SENT = (
    CheckInState.FAILED,
    CheckInState.MISSED_BY_US,
    CheckInState.SKIPPED,
    CheckInState.CANCELLED,
)


def _leave() -> Update:
    given = (
        func.unnest(
            bindparam("check_ins", type_=ARRAY(Uuid)), bindparam("stages", type_=ARRAY(String))
        )
        .table_valued(column("id", Uuid), column("stage", String))
        .render_derived()
    )
    row = table_of(CheckIn)
    return (
        update(row)
        .where(row.c.id == given.c.id)
        .values(
            state=CheckInState.SENDING,
            reason=None,
            stage=func.coalesce(row.c.stage, given.c.stage),
        )
    )


def _confirm() -> ReturningUpdate[datetime | None, datetime]:
    sending, started = CheckIn.state == CheckInState.SENDING, CheckIn.state == CheckInState.STARTED
    to_come = CheckIn.state.in_(TO_COME)
    at, silent_at = bindparam("at", type_=_INSTANT), bindparam("end", type_=_INSTANT)
    return (
        update(CheckIn)
        .where(one_of(CheckIn.id, "check_ins"))
        .values(
            # What they have put off already is to be sent anew.
            sent_at=case((to_come, CheckIn.sent_at), else_=func.coalesce(CheckIn.sent_at, at)),
            put_off_at=case((sending, None), else_=CheckIn.put_off_at),
            state=case((sending, CheckInState.SENT), else_=CheckIn.state),
            silent_at=case(
                (sending, silent_at),
                (started, func.coalesce(CheckIn.silent_at, silent_at)),
                else_=CheckIn.silent_at,
            ),
        )
        .returning(CheckIn.sent_at, CheckIn.due_at)
        .execution_options(synchronize_session=False)
    )


_LEAVE = _leave()
_CONFIRM = _confirm()


async def leave(session: Session, stages: Mapping[UUID, str]) -> None:
    """These check-ins are put on their way, in one statement: many are due at the same moment. What
    the session has loaded of them does not change.

    `stages`: of each person's pathway, now; what a second prompt asks keeps that of the first.
    """
    if stages:
        given = {"check_ins": list(stages), "stages": list(stages.values())}
        await session.execute(_LEAVE, given)


async def confirmed(
    session: Session, check_in_ids: Sequence[UUID], at: datetime
) -> list[timedelta]:
    """Telegram has the prompts. Nothing else starts the silence clock.

    Returns how late each was that is asked for the first time; not at all, where the clock was set
    back since it was due.
    """
    if not check_in_ids:
        return []
    given = {"check_ins": check_in_ids, "at": at, "end": at + PATIENCE}
    found = await session.execute(_CONFIRM, given)
    return [max(at - due_at, timedelta()) for sent_at, due_at in found if sent_at == at]


async def failed(session: Session, check_in_id: UUID, reason: str) -> None:
    """Telegram will never take it."""
    await _never_sent(session, check_in_id, CheckInState.FAILED, reason)


async def missed(session: Session, check_in_id: UUID, reason: str) -> None:
    """It did not get away in time."""
    await _never_sent(session, check_in_id, too_late(reason), reason)


def too_late(reason: str) -> CheckInState:
    """What it ends as when its time is over. What a wish of the person held to the end nobody
    missed (P3).
    """
    return CheckInState.SKIPPED if reason in WISHED else CheckInState.MISSED_BY_US


def is_second(check_in: CheckIn) -> bool:
    """It answers the silence after the first prompt. One that comes once more, since the first went
    off their phone, does not.
    """
    return check_in.second_prompt_at is not None and check_in.sent_at is not None


def book(check_in: CheckIn, state: CheckInState, reason: str | None, now: datetime) -> None:
    """Writes the state down. A second prompt that can't be sent leaves the first one's silence."""
    if state in _NOT_SENT and is_second(check_in):
        check_in.state, check_in.silent_at = CheckInState.SENT, now
    else:
        check_in.state = state
    check_in.reason = reason


async def _never_sent(
    session: Session, check_in_id: UUID, state: CheckInState, reason: str
) -> None:
    check_in = await _locked(session, check_in_id)
    if check_in.state is CheckInState.SENDING:
        book(check_in, state, reason, session.now)
    await call_where_blocked(session, check_in)


async def call_where_blocked(session: Session, check_in: CheckIn) -> None:
    """Nobody hears of somebody who blocked us, unless from the check-in that can't reach them."""
    if check_in.state in _NOT_SENT and check_in.reason == BLOCKED:
        returnee = await session.get_one(Returnee, check_in.returnee_id)
        await call_about_unreachable(session, returnee, check_in.organisation_id)


async def _locked(session: Session, check_in_id: UUID) -> CheckIn:
    return await session.get_one(CheckIn, check_in_id, with_for_update=True, populate_existing=True)
