"""The ladder of silence: one gentle second prompt, if the person allowed it; then a caseworker."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select, update

from domain.calendar import zone
from domain.check_ins.answering import filling_of
from domain.check_ins.calling import call_caseworker, is_to_be_forgotten, was_called
from domain.check_ins.due import PATHWAY_RESTS, Due, claim, claiming
from domain.check_ins.eligibility import Exclusion
from domain.check_ins.outcomes import PATIENCE
from domain.check_ins.postponing import DECLINED, safe_hours
from domain.check_ins.worries import hear_left_ticks
from domain.illegible import if_legible
from domain.one_by_one import LOOK_AGAIN_AT_A_BROKEN_ONE, each_by_itself
from domain.safety.silence_plan import SILENCE
from domain.signals.opening import UPDATE_FAILED
from storage.batches import among, at_most
from storage.inbox.under_way import lies_here, may_lie_at_telegram
from storage.kinds import CampaignState, CheckInState, Hold
from storage.sessions import Session
from storage.tables.check_ins import Answer, CheckIn
from storage.tables.returnees import Returnee

#: So long after the ladder's end, nobody waits for an answer any more; a late one still counts.
END = timedelta(days=7)
#: The reason of a check-in that somebody began without owing us an answer, and left.
LEFT_OPEN = "left-open"
_AT_ONCE = 1000
_SILENT = claiming(
    (CheckInState.SENT, CheckInState.STARTED), CheckIn.silent_at, ~lies_here(Returnee.chat_key)
)


async def fall_silent(session: Session) -> int:
    """The tick: deals with some of those who did not answer in time, once what they may have
    answered is here and handled. Returns how many.
    """
    if await may_lie_at_telegram(session):
        return 0
    silent = await claim(session, _SILENT)
    await each_by_itself(session, silent.dues, _deal_with, _look_again, "silence.failed")
    return silent.count


async def give_up_waiting(session: Session) -> int:
    """The tick: what was silent to the end is missed, and what somebody began by themselves and
    left is over. Returns how many. Needs the service's scope.
    """
    over = session.now - END
    missed = _ended(CheckIn.state == CheckInState.SILENT, CheckIn.silent_at <= over)
    # What was only to be read nobody is silent about.
    unread = _ended(
        CheckIn.state == CheckInState.SENT,
        CheckIn.silent_at.is_(None),
        CheckIn.sent_at <= over - PATIENCE,
    )
    ended = 0
    for left in (missed, unread):
        ended += await _book(session, left, CheckInState.MISSED)
    return ended + await _end_left_open(session, over)


async def _end_left_open(session: Session, over: datetime) -> int:
    """Nobody waits for the rest; every answer leaves them as long again."""
    lately = exists().where(Answer.check_in_id == CheckIn.id, Answer.at > over)
    found = await session.execute(
        select(CheckIn, Returnee)
        .join(Returnee, Returnee.id == CheckIn.returnee_id)
        .where(
            CheckIn.state == CheckInState.STARTED,
            CheckIn.silent_at.is_(None),
            CheckIn.started_at <= over,
            ~lately,
        )
        .limit(at_most(_AT_ONCE))
        .with_for_update(of=[CheckIn, Returnee], key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    left, broken = found.all(), []

    async def leave(session: Session, one: tuple[CheckIn, Returnee]) -> None:
        broken.append(one)

    await each_by_itself(session, left, _end, leave, "silence.failed")
    return len(left) - len(broken)


async def _end(session: Session, left: tuple[CheckIn, Returnee]) -> None:
    """Where its clock was taken away, as by a restore, no silence had what they ticked heard."""
    check_in, returnee = left
    await _hear_what_was_left(session, returnee, check_in)
    check_in.state, check_in.reason = CheckInState.CANCELLED, LEFT_OPEN


def _ended(*conditions: ColumnElement[bool]) -> Select[UUID]:
    return (
        select(CheckIn.id)
        .where(*conditions)
        .limit(at_most(_AT_ONCE))
        .with_for_update(skip_locked=True)
    )


async def _book(session: Session, over: Select[UUID], state: CheckInState) -> int:
    ended = await session.scalars(
        update(CheckIn)
        .where(among(CheckIn.id, over))
        .values(state=state)
        .returning(CheckIn.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


async def _deal_with(session: Session, due: Due) -> None:
    if due.check_in.state is CheckInState.STARTED:
        await _hear_what_was_left(session, due.returnee, due.check_in)
    if _owes_no_answer(due):
        due.check_in.silent_at = None
        return
    reason = await _no_silence(session, due)
    if reason is not None:
        due.check_in.state, due.check_in.reason = CheckInState.SKIPPED, reason
    elif due.returnee.paused_until is not None and due.returnee.paused_until > session.now:
        _wait_for_end_of_pause(due.check_in, due.returnee.paused_until, session.now)
    elif await _we_failed(session, due):
        due.check_in.state, due.check_in.reason = CheckInState.MISSED_BY_US, UPDATE_FAILED
    elif _may_ask_again(due):
        await _ask_again(session, due)
    else:
        await _call_caseworker(session, due)


def _owes_no_answer(due: Due) -> bool:
    """Where there is only something to read; and whoever opened the questions by themselves."""
    began_unasked = due.check_in.state is CheckInState.STARTED and due.check_in.sent_at is None
    return due.questionnaire.is_information or began_unasked


async def _hear_what_was_left(session: Session, returnee: Returnee, check_in: CheckIn) -> None:
    """What they ticked and never went on from, they said as well (P1). Where no key opens it, their
    silence goes on without it.
    """
    filling = await if_legible(filling_of(session, returnee, check_in))
    if filling is not None:
        await hear_left_ticks(session, returnee, check_in, filling)


async def _no_silence(session: Session, due: Due) -> str | None:
    """Why it means nothing that they have not answered, if it does not."""
    if due.unfit is not None:
        return due.unfit
    if due.rests:
        # Somebody who moves on to another country, or leaves the pathway, has not fallen silent.
        return PATHWAY_RESTS
    if await is_to_be_forgotten(session, due.returnee, due.check_in.organisation_id):
        return Hold.LEAVING
    # The chat was emptied, and nobody can answer there.
    return Exclusion.FROZEN if due.returnee.frozen_at is not None else None


def _wait_for_end_of_pause(check_in: CheckIn, paused_until: datetime, now: datetime) -> None:
    """Whoever asks for a pause has said something, and may end it before its time; once nobody
    would wait for an answer any more, it was their no.
    """
    if check_in.sent_at is not None and check_in.sent_at + PATIENCE + END <= now:
        check_in.state, check_in.reason = CheckInState.CANCELLED, DECLINED
    else:
        check_in.silent_at = min(paused_until, now + PATIENCE)


async def _we_failed(session: Session, due: Due) -> bool:
    """At something that they have sent since, and a human has a case of: it may be their answer."""
    since = due.check_in.started_at or due.check_in.sent_at
    return since is not None and await was_called(session, due.returnee, UPDATE_FAILED, since)


async def _look_again(session: Session, due: Due) -> None:
    due.check_in.silent_at = session.now + LOOK_AGAIN_AT_A_BROKEN_ONE


def _may_ask_again(due: Due) -> bool:
    return (
        due.may_be_asked_twice
        and due.campaign is not CampaignState.STOPPED
        and due.check_in.second_prompt_at is None
        and due.returnee.blocked_at is None
    )


async def _ask_again(session: Session, due: Due) -> None:
    """It is planned like any other, so window, consent and pause are looked at again. How late it
    may be counts from their next safe hours: they allowed it, however far away those are.
    """
    window = await safe_hours(session, due.returnee)
    opens_at = window.next_opening(session.now, zone(due.returnee.time_zone))
    check_in = due.check_in
    check_in.state, check_in.reason = CheckInState.PLANNED, None
    check_in.second_prompt_at = check_in.due_at = session.now
    check_in.expires_at = opens_at + PATIENCE


async def _call_caseworker(session: Session, due: Due) -> None:
    due.check_in.state = CheckInState.SILENT
    await call_caseworker(session, due.returnee, due.check_in.organisation_id, SILENCE)
