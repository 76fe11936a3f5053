"""Sending the check-ins that are due, unless something speaks against it at that moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.check_ins.danger import leads_into_danger
from domain.check_ins.due import PATHWAY_RESTS, Due, claim, claiming
from domain.check_ins.outcomes import (
    BLOCKED,
    BROKEN,
    LATE,
    NO_CLINICIAN,
    WISHED,
    book,
    call_where_blocked,
    is_second,
    leave,
    too_late,
)
from domain.check_ins.spacing import ANOTHER, Asked, asked_lately
from domain.notices import MANNERS, Notice, letter
from domain.one_by_one import LOOK_AGAIN_AT_A_BROKEN_ONE, together_or_each
from domain.recovery.quiet import RESTORED
from domain.safety.contacts import contacts_with
from domain.safety.judging import LOOK_AGAIN, Contact, Held, Outgoing, held
from storage.kinds import CampaignState, CheckInState, Hold
from storage.outbox.letters import Letter, put_all
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.pathways import Information

#: Why somebody was not told something.
AVOIDED = "avoided-place"
# Why something waits until a moment that is known beforehand.
_UNTIL_AN_HOUR = (Hold.WINDOW, ANOTHER)
_DUE = claiming((CheckInState.PLANNED, CheckInState.HELD), CheckIn.due_at)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a check-in that is due, and why; when to look again, if it is held."""

    state: CheckInState
    reason: str | None = None
    look_again: datetime | None = None


async def send_due(session: Session) -> int:
    """The tick: judges some of what is due and puts the prompts on their way.

    Returns how many it dealt with. Any number of replicas may call it at once; each check-in is
    judged by one of them (P12).
    """
    claimed = await claim(session, _DUE)
    dues = claimed.dues
    contacts = await contacts_with(session, [due.returnee for due in dues])
    asked = await asked_lately(session, dues)

    async def send(session: Session, some: Sequence[Due]) -> None:
        # What is taken back, since one of them failed, was not asked.
        now_asked = Asked(dict(asked.at))
        leaving = []
        for due in some:
            contact = contacts.of(due.returnee, due.check_in.organisation_id)
            verdict = judge(due, contact, now_asked, session.now)
            leaves = verdict.state is CheckInState.SENDING
            if leaves and await leads_into_danger(session, due.returnee.id, due.questionnaire):
                verdict = Verdict(CheckInState.SKIPPED, AVOIDED)
            if verdict.state is CheckInState.SENDING:
                now_asked.note(due, session.now)
                leaving.append(due)
            else:
                _carry_out(due, verdict, session.now)
        await session.flush()
        await leave(session, {due.check_in.id: due.stage or "" for due in leaving})
        await put_all(session, [_prompt(session, due) for due in leaving])
        for due in some:
            await call_where_blocked(session, due.check_in)
        asked.at.update(now_asked.at)

    await together_or_each(session, dues, send, _try_again, "check-ins.failed")
    return claimed.count


async def _try_again(session: Session, due: Due) -> None:
    """Whatever is broken about it is ours: until its time runs out, and then it is booked so."""
    check_in = due.check_in
    await session.refresh(check_in)
    if check_in.expires_at <= session.now:
        book(check_in, CheckInState.MISSED_BY_US, BROKEN, session.now)
    else:
        check_in.due_at = min(session.now + LOOK_AGAIN_AT_A_BROKEN_ONE, check_in.expires_at)


def recall_if_over(session: Session, due: Due) -> bool:
    """Whether a prompt that waited in the outbox must not go any more; it is booked so.

    Asked just before sending: consent may be gone by then, or the campaign stopped, or somebody may
    read along who did not when a second prompt was planned.
    """
    if due.check_in.state is not CheckInState.SENDING:
        return True
    verdict = over(due) or _second_unwanted(due) or _resting(due, session.now)
    if verdict is not None:
        _carry_out(due, verdict, session.now)
    return verdict is not None


def judge(due: Due, contact: Contact, asked: Asked, now: datetime) -> Verdict:
    """Held, never dropped: only time that ran out or a person's no ends a check-in unsent (P4), or
    that another one has asked them within the hour and later would be too late.
    """
    ended = over(due) or _second_unwanted(due)
    if ended is not None:
        return ended
    if due.check_in.expires_at <= now:
        return run_out(due.check_in, contact, now)
    resting = _resting(due, now)
    if resting is not None:
        return resting
    hold = _held(contact, now)
    if hold is not None:
        return Verdict(CheckInState.HELD, hold.reason, hold.until)
    clear_at = asked.clear_at(due, now)
    if clear_at is not None:
        return _behind_another(due, contact, clear_at)
    return Verdict(CheckInState.SENDING)


def _behind_another(due: Due, contact: Contact, clear_at: datetime) -> Verdict:
    """It waits, unless it could not go within their hours and its own time any more."""
    if contact.window.next_opening(clear_at, contact.place) >= due.check_in.expires_at:
        return Verdict(CheckInState.SKIPPED, ANOTHER)
    return Verdict(CheckInState.HELD, ANOTHER, clear_at)


def run_out(row: CheckIn | Information, contact: Contact, now: datetime) -> Verdict:
    """Its time is over."""
    why = why_late(row.reason, contact, now, could_go=row.due_at < row.expires_at)
    return Verdict(too_late(why), why)


def why_late(reason: str | None, contact: Contact, now: datetime, *, could_go: bool) -> str:
    """What held it until its time was over; of the person's wishes, the one that holds it now. What
    ended before, such as a pause, or a night after which it `could_go`, is no excuse of ours (P3).
    """
    if reason in WISHED:
        return holding_wish(contact, now) or LATE
    if reason in _UNTIL_AN_HOUR and could_go:
        return LATE
    return reason or LATE


def holding_wish(contact: Contact, now: datetime) -> Hold | None:
    """Which wish of the person holds what is asked then, if one does."""
    hold = _held(contact, now)
    return hold.reason if hold is not None and hold.reason in WISHED else None


def _held(contact: Contact, now: datetime) -> Held | None:
    return held(Outgoing(MANNERS[Notice.CHECK_IN_PROMPT].notice_class), contact, now)


def over(due: Due) -> Verdict | None:
    """What speaks against asking it at all, whenever that is; None where nothing does."""
    if due.campaign is CampaignState.STOPPED:
        return Verdict(CheckInState.CANCELLED, "stopped")
    if due.unfit is not None:
        return Verdict(CheckInState.SKIPPED, due.unfit)
    if due.rests:
        return Verdict(CheckInState.SKIPPED, PATHWAY_RESTS)
    if due.returnee.blocked_at is not None:
        return Verdict(CheckInState.SKIPPED, BLOCKED)
    return None


def _second_unwanted(due: Due) -> Verdict | None:
    """They said so after it was planned. Only this prompt is out of place: whoever puts the
    check-in off is asked once more all the same.
    """
    wanted = due.may_be_asked_twice or not is_second(due.check_in)
    return None if wanted else Verdict(CheckInState.SKIPPED)


def _resting(due: Due, now: datetime) -> Verdict | None:
    if due.campaign is CampaignState.PAUSED:
        return Verdict(CheckInState.HELD, "campaign-paused", now + LOOK_AGAIN)
    if due.campaign is None and due.waits_since is not None:
        return Verdict(CheckInState.HELD, RESTORED, now + LOOK_AGAIN)
    if not due.looked_after:
        return Verdict(CheckInState.HELD, NO_CLINICIAN, now + LOOK_AGAIN)
    if not due.ready:
        return Verdict(CheckInState.HELD, "not-ready", now + LOOK_AGAIN)
    return None


def _carry_out(due: Due, verdict: Verdict, now: datetime) -> None:
    check_in = due.check_in
    book(check_in, verdict.state, verdict.reason, now)
    if verdict.look_again is not None:
        # Time running out is looked at in time, too.
        check_in.due_at = min(verdict.look_again, check_in.expires_at)


def _prompt(session: Session, due: Due) -> Letter:
    check_in = due.check_in
    return letter(
        session,
        due.returnee,
        Notice.CHECK_IN_PROMPT,
        {"check_in": str(check_in.id), "again": is_second(check_in)},
        check_in_id=check_in.id,
        expires_at=check_in.expires_at,
    )
