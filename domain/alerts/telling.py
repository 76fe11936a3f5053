"""Telling staff that somebody waits, again and wider, until a human acts (P2).

An alert carries the case's code, its severity, the language and the minutes waited: nothing about
the person (P8).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from domain.alerts.absent import is_without_anybody
from domain.alerts.called import called_for, fit_for, supervisors_of
from domain.alerts.first_called import ANYBODY
from domain.alerts.heard import (
    has_no_way,
    hears_nobody,
    is_heard_all_the_same,
    is_heard_now,
)
from domain.cases import states
from domain.cases.advice import answer_owed_by
from domain.cases.clock import unheard_by, wind
from domain.cases.deadlines import PACES
from domain.cases.events import are_signals, happened, minutes_waited
from domain.cases.returning import go_back, put_back
from domain.channels.calling import call
from domain.channels.reaching import reach_staff, readable
from domain.children.focal_point import focal_points
from domain.consent.reading import took_back
from domain.duty import is_staffed
from domain.notices import Notice, tell_chat, tell_if_it_gets_there
from domain.one_by_one import each_due
from domain.organisations import staff_chat_of
from domain.recovery.quiet import restored_at
from domain.staff.colleagues import is_kept_from_somebody
from domain.staff.team import language_of_team
from storage.kinds import CaseEventKind, CaseState, Direction
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case, CaseEvent, Message
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from storage.wakes import Topic


async def escalate(session: Session) -> int:
    """One tick: does for every case what is due by now, and returns for how many.

    Call it again until it returns 0. Needs the service's scope.
    """
    return await each_due(session, Case.next_alert_at, _do_what_is_due, "alerts.failed", UNRESOLVED)


async def _do_what_is_due(session: Session, case: Case) -> None:
    now = session.now
    if case.state is CaseState.SNOOZED and _is_past(case.snoozed_until, now):
        await _return(session, case, "snooze.over")
    if states.rests_on_advice(case) and (await answer_owed_by(session, case) or now) <= now:
        supervisors = await supervisors_of(session, case)
        await _return(session, case, "consult.unanswered", *supervisors)
    if case.state is CaseState.CLAIMED and _is_past(case.claim_deadline_at, now):
        happened(session, case, CaseEventKind.RETURNED, reasons=["claim.ran-out"])
        await go_back(session, case, widened=True)
    if _nobody_answered(case) and _is_past(case.deadline_at, now):
        await _tell_waiting(session, case)
    unheard = await unheard_by(session, case.id)
    if case.state is CaseState.OPEN or _is_past(unheard, now):
        await alert(session, case)
    await wind(session, case)


def _is_past(instant: datetime | None, now: datetime) -> bool:
    return instant is not None and instant <= now


def _nobody_answered(case: Case) -> bool:
    return case.first_action_at is None and case.told_waiting_at is None


async def _return(session: Session, case: Case, why: str, *others: Staff) -> None:
    """The wait is over: the one who claimed it must act, and is told so, as are `others`. If none
    of them can be reached, the case goes back to the queue, with `why` in its history.
    """
    if not await is_without_anybody(session, case):
        states.return_to_work(case, session.now + PACES[case.severity].claim)
        if await _is_heard(session, case, *others):
            return
    happened(session, case, CaseEventKind.RETURNED, reasons=[why])
    await go_back(session, case, widened=bool(others))


async def _tell_waiting(session: Session, case: Case) -> None:
    """The person hears the truth once: nobody has answered yet (P11). In a frozen chat the sentence
    that was agreed on says so, and this would only come when it is no longer true. A chat that is
    blocked it would never reach, and whoever said that nobody is to write waits for no answer (P5).
    After a restore somebody may have answered, or the chat may be frozen, and nobody remembers it.
    Only what is on its way to the phone stands in the case.
    """
    case.told_waiting_at = session.now
    returnee = await session.get_one(Returnee, case.returnee_id)
    if returnee.blocked_at is not None or returnee.frozen_at is not None:
        return
    if await took_back(session, case) or not await _is_known_of(session, case):
        return
    staffed = await is_staffed(session, case.organisation_id, for_person=returnee.id)
    said, params = Notice.NOBODY_YET, {"severity": case.severity, "staffed": staffed}
    if await tell_if_it_gets_there(session, returnee, said, params, case_id=case.id):
        happened(session, case, CaseEventKind.TOLD_WAITING)


async def _is_known_of(session: Session, case: Case) -> bool:
    """Whether anything came from the person since a backup was restored, if one was lately."""
    restored = await restored_at(session)
    if restored is None:
        return True
    spoke = exists().where(
        CaseEvent.case_id == case.id,
        are_signals(),
        # Not what somebody of the team made of it.
        CaseEvent.staff_id.is_(None),
        CaseEvent.at > restored,
    )
    wrote = exists().where(
        Message.case_id == case.id,
        Message.direction == Direction.FROM_RETURNEE,
        Message.at > restored,
    )
    return bool(await session.scalar(select(spoke | wrote)))


async def alert(session: Session, case: Case) -> None:
    """Tells those who should act on this case that it waits, wider every time."""
    wide = _is_overdue(session, case) or case.alerts_sent >= states.ALERTS_BEFORE_WIDENING
    facts = await _facts(session, case)
    fit = ANYBODY if wide or case.alerts_sent else await fit_for(session, case)
    called = await called_for(session, case, wide=wide, fit=fit)
    unreached = await _send(session, case, called, facts)
    if not any(fit.is_as_wished(staff) for staff in called):
        await tell_where_all_read(session, case, Notice.STAFF_ALERT, facts)
    case.alerts_sent += 1
    happened(session, case, CaseEventKind.ALERTED)
    await wind(session, case)
    if unreached:
        widens = not await is_heard_all_the_same(session, case, session.asked_at, unreached)
    else:
        nobody = await hears_nobody(session, case, called)
        widens = nobody and await _is_somebody_behind(session, case)
    if widens:
        await widen(session, case)


async def alert_of_child(session: Session, case: Case) -> None:
    """Whoever looks after children hears at once that the person says they are one, where the case
    was alerted of before, and whoever has it.
    """
    called = await focal_points(session, case.organisation_id, case.returnee_id)
    await _send(session, case, called, await _facts(session, case))


async def _is_somebody_behind(session: Session, case: Case) -> bool:
    """Whether an alert at its widest gets to anybody in Telegram."""
    behind = await called_for(session, case, wide=True, fit=ANYBODY)
    return any(staff.telegram_chat is not None for staff in behind)


async def widen(session: Session, case: Case) -> None:
    """The newest alert reached nobody: others hear of the case at once. Where it went as wide as
    it can go, it comes again in its time, lest what always fails calls in a ring.
    """
    widest = _is_overdue(session, case) or case.alerts_sent > states.ALERTS_BEFORE_WIDENING
    if case.state is CaseState.OPEN and not widest:
        case.alerts_sent = states.ALERTS_BEFORE_WIDENING
        await alert(session, case)


def _is_overdue(session: Session, case: Case) -> bool:
    return case.deadline_at is not None and case.deadline_at <= session.now


async def call_back(session: Session, case: Case, act_by: datetime) -> None:
    """Whoever has the case is needed again; where they are not there, anybody who could act."""
    if await is_without_anybody(session, case):
        await call_others(session, case)
        return
    states.return_to_work(case, act_by)
    await alert_claimer(session, case)
    await wind(session, case)


async def alert_claimer(session: Session, case: Case) -> None:
    """Tells whoever has the case, if anybody, that it needs them again; where they are not there,
    or that reaches nobody, anybody who could act.
    """
    if await is_without_anybody(session, case) or not await _is_heard(session, case):
        await call_others(session, case)


async def call_others(session: Session, case: Case) -> None:
    """Whoever has the case does not hear that it needs them: it is anybody's who could act."""
    await put_back(session, case)
    await alert(session, case)


async def _is_heard(session: Session, case: Case, *others: Staff) -> bool:
    """Tells whoever has the case, if anybody, and these others that it needs them again. False
    where it is known at once that this reaches none of them, and others would hear it.
    """
    if case.claimed_by is None:
        return True
    called = [await session.get_one(Staff, case.claimed_by), *others]
    unreached = await _send(session, case, called, await _facts(session, case))
    return await is_left_to(session, case, called, unreached)


async def is_left_to(
    session: Session, case: Case, called: Collection[Staff], unreached: Collection[UUID]
) -> bool:
    """Whether what these were just told of a case that one of them has is theirs to hear, although
    some were not reached: also where nobody else would hear it either.
    """
    if await has_no_way(session, case, called):
        return not await _is_somebody_behind(session, case)
    return await is_heard_now(session, case, unreached)


async def tell_where_all_read(
    session: Session, case: Case, notice: Notice, facts: dict[str, Any]
) -> None:
    """In the case's topic in the staff group and through the organisation's channels, where it has
    any, unless somebody who reads there must not know of the person.
    """
    if await is_kept_from_somebody(session, case.organisation_id, case.returnee_id):
        return
    await call(session, case.organisation_id, (), notice, facts, everybody=True, case_id=case.id)
    await tell_in_topic(session, case, notice, facts)


async def tell_in_topic(
    session: Session,
    case: Case,
    notice: Notice,
    facts: dict[str, Any],
    *,
    language: str | None = None,
) -> None:
    """In the staff group alone, unless somebody who reads there must not know of the person; in
    the language of one of them, or of most.
    """
    if await is_kept_from_somebody(session, case.organisation_id, case.returnee_id):
        return
    organisation = await session.get_one(Organisation, case.organisation_id)
    chat_id = readable(partial(staff_chat_of, session, organisation))
    if chat_id is not None:
        language = language or await language_of_team(session, organisation.id)
        await tell_chat(
            session, chat_id, notice, facts, language=language, case_id=case.id, in_topic=True
        )


def by_code(case: Case, what: str) -> dict[str, Any]:
    """All that staff are told where it is no alert: which case, and what became of it."""
    return {"code": case.code, "severity": case.severity, "what": what}


async def _send(
    session: Session, case: Case, called: Iterable[Staff], facts: dict[str, Any]
) -> list[UUID]:
    """As reach_staff. Whoever has the case is told that it is theirs, and not to claim it."""
    session.wakes(Topic.CASES)
    called = list(called)
    theirs = [staff for staff in called if staff.id == case.claimed_by]
    others = [staff for staff in called if staff.id != case.claimed_by]
    unreached = []
    for staff, said in ((theirs, {**facts, "yours": True}), (others, facts)):
        if staff:
            unreached += await reach_staff(
                session, case.organisation_id, staff, Notice.STAFF_ALERT, said, case_id=case.id
            )
    return unreached


async def _facts(session: Session, case: Case) -> dict[str, Any]:
    """All that an alert may say."""
    return {
        "code": case.code,
        "severity": case.severity,
        "language": case.language,
        "minutes": await minutes_waited(session, case.code),
    }
