"""Telling staff that somebody waits, again and wider, until a human acts (P2).

An alert carries the case's code, its severity, the language and the minutes waited: nothing about
the person (P8).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select

from domain.cases import states
from domain.cases.advice import answer_owed_by
from domain.cases.busy import in_an_emergency
from domain.cases.clock import unheard_by, wind
from domain.cases.deadlines import PACES
from domain.cases.events import BEGINNINGS, happened
from domain.cases.returning import put_back
from domain.channels.calling import call
from domain.children import focal_points, is_child
from domain.duty import is_staffed, on_duty
from domain.duty.now import is_away
from domain.duty.team import fallback_of
from domain.first_called import ANYBODY, Fit
from domain.notices import Notice, tell, tell_chat
from domain.one_by_one import each_due
from domain.organisations import staff_chat_of
from domain.reaching_staff import reach_staff, readable
from domain.safeguarding.conflicts import is_kept_from_somebody
from domain.wishes import wishes_of
from storage.cases import UNRESOLVED, Case, CaseEvent
from storage.keys import SealError
from storage.kinds import CaseEventKind, CaseState, Role, Severity
from storage.organisations import Organisation
from storage.returnees import Returnee
from storage.safeguarding import clear_of
from storage.sessions import Session
from storage.staff import Staff, works_for
from storage.wakes import Topic

log = structlog.get_logger()


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
        supervisors = await _with_roles(session, case, Role.SUPERVISOR)
        await _return(session, case, "consult.unanswered", *supervisors)
    if case.state is CaseState.CLAIMED and _is_past(case.claim_deadline_at, now):
        happened(session, case, CaseEventKind.RETURNED, reasons=["claim.ran-out"])
        states.back_to_queue(case, widened=True)
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
    """What it rested on is over: whoever has it must act, and hears so, as do these others."""
    happened(session, case, CaseEventKind.RETURNED, reasons=[why])
    if await is_without_anybody(session, case):
        states.back_to_queue(case, widened=bool(others))
        return
    states.return_to_work(case, session.now + PACES[case.severity].claim)
    await alert_claimer(session, case, *others)


async def _tell_waiting(session: Session, case: Case) -> None:
    """The person hears the truth once: nobody has answered yet (P11). In a frozen chat the sentence
    that was agreed on says so, and this would only come when it is no longer true. A chat that is
    blocked it would never reach.
    """
    case.told_waiting_at = session.now
    returnee = await session.get_one(Returnee, case.returnee_id)
    if returnee.blocked_at is not None:
        return
    if returnee.frozen_at is None:
        staffed = await is_staffed(session, case.organisation_id, for_person=returnee.id)
        params = {"severity": case.severity, "staffed": staffed}
        await tell(session, returnee, Notice.NOBODY_YET, params, case_id=case.id)
    happened(session, case, CaseEventKind.TOLD_WAITING)


async def alert(session: Session, case: Case) -> None:
    """Tells those who should act on this case that it waits, wider every time."""
    wide = _is_overdue(session, case) or case.alerts_sent >= states.ALERTS_BEFORE_WIDENING
    facts = await _facts(session, case)
    fit = ANYBODY if wide or case.alerts_sent else await _fit(session, case)
    called = await _audience(session, case, wide=wide, fit=fit)
    await _send(session, case, called, facts)
    if not any(fit.is_as_wished(staff) for staff in called):
        await tell_where_all_read(session, case, Notice.STAFF_ALERT, facts)
    case.alerts_sent += 1
    happened(session, case, CaseEventKind.ALERTED)
    await wind(session, case)


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
    """Whoever has the case is needed again; where they are away, anybody who could act."""
    if await is_without_anybody(session, case):
        await put_back(session, case)
        await alert(session, case)
        return
    states.return_to_work(case, act_by)
    await alert_claimer(session, case)
    await wind(session, case)


async def is_without_anybody(session: Session, case: Case) -> bool:
    """Whether whoever has it has time off."""
    return case.claimed_by is not None and await is_away(session, case.claimed_by)


async def alert_claimer(session: Session, case: Case, *others: Staff) -> None:
    """Tells whoever has the case that it needs them again."""
    if case.claimed_by is not None:
        claimer = await session.get_one(Staff, case.claimed_by)
        await _send(session, case, [claimer, *others], await _facts(session, case))


async def _fit(session: Session, case: Case) -> Fit:
    """Whom the person would rather talk with. A life at stake waits for nobody."""
    if case.severity is Severity.EMERGENCY:
        return ANYBODY
    try:
        helper = (await wishes_of(session, case.returnee_id)).helper
    except SealError:
        log.error("wishes can't be opened", action="alerts.wishes")
        helper = None
    return Fit(helper, case.language)


async def _audience(session: Session, case: Case, *, wide: bool, fit: Fit) -> list[Staff]:
    """Those on duty; with nobody there, whom the organisation named for that, then everyone who
    could act; of these first whoever fits the person best. Wide adds whoever stands behind those
    who are there, and a child whoever looks after children.

    Whoever must not know of the person is not there (P10). Where that leaves nobody at all, those
    outside the team are called: they can act, or let in somebody who can.
    """
    called = await on_duty(session, case.organisation_id, for_person=case.returnee_id)
    if not called:
        called = await _without_anybody_on_duty(session, case, wide=wide)
    elif wide:
        called += await _behind(session, case, called)
    elif case.severity is Severity.EMERGENCY:
        called = await _beside_an_emergency(session, case, called)
    called = fit.first_of(called)
    if case.claimed_by is not None:
        called.append(await session.get_one(Staff, case.claimed_by))
    if is_child(await session.get_one(Returnee, case.returnee_id)):
        called += await focal_points(session, case.organisation_id, case.returnee_id)
    return called


async def _without_anybody_on_duty(session: Session, case: Case, *, wide: bool) -> list[Staff]:
    """Wide, whoever is named for that stays among those who are called, whatever their role."""
    named = await _named(session, case)
    if named and not wide:
        return named
    team = await _with_roles(session, case, Role.CASEWORKER, Role.SUPERVISOR)
    return [*named, *team] or await _with_roles(session, case, Role.SAFEGUARDING, Role.ADMIN)


async def _behind(session: Session, case: Case, there: list[Staff]) -> list[Staff]:
    """Supervisors and whoever is named to fall back on; where these are all there already and
    don't answer, everyone who could act.
    """
    called = {staff.id for staff in there}
    behind = [*await _with_roles(session, case, Role.SUPERVISOR), *await _named(session, case)]
    others = {staff.id: staff for staff in behind if staff.id not in called}
    return list(others.values()) or await _without_anybody_on_duty(session, case, wide=True)


async def _named(session: Session, case: Case) -> list[Staff]:
    """Whom the organisation named to fall back on, and who has no time off."""
    organisation = await session.get_one(Organisation, case.organisation_id)
    named = await fallback_of(session, organisation, for_person=case.returnee_id)
    return [staff for staff in named if not await is_away(session, staff.id)]


async def _with_roles(session: Session, case: Case, *roles: Role) -> list[Staff]:
    found = await session.scalars(
        select(Staff).where(
            works_for(case.organisation_id),
            Staff.role.in_(roles),
            clear_of(case.returnee_id),
        )
    )
    return list(found)


async def _beside_an_emergency(session: Session, case: Case, there: list[Staff]) -> list[Staff]:
    """A second emergency goes to somebody else. Where everybody who is there has one, whoever is
    called when nobody is there hears of it at once, and so do they.
    """
    busy = await in_an_emergency(session, case.organisation_id, beside=case.id)
    free = [staff for staff in there if staff.id not in busy]
    return free or [*there, *await _without_anybody_on_duty(session, case, wide=False)]


async def tell_colleagues(
    session: Session,
    organisation_id: UUID,
    about: UUID,
    roles: Sequence[Role],
    notice: Notice,
    params: dict[str, Any],
) -> None:
    """Those of the first of these roles that anybody there has, and who may know of the person that
    it is about.
    """
    found = await session.scalars(
        select(Staff).where(
            works_for(organisation_id),
            Staff.role.in_(roles),
            clear_of(about),
        )
    )
    staff = sorted(found, key=lambda each: roles.index(each.role))
    first = [one for one in staff if one.role is staff[0].role]
    await reach_staff(session, organisation_id, first, notice, params)


async def tell_where_all_read(
    session: Session, case: Case, notice: Notice, facts: dict[str, Any]
) -> None:
    """In the case's topic in the staff group and through the organisation's channels, where it has
    any, unless somebody who reads there must not know of the person.
    """
    if await is_kept_from_somebody(session, case.returnee_id):
        return
    await call(session, case.organisation_id, (), notice, facts, everybody=True)
    await tell_in_topic(session, case, notice, facts)


async def tell_in_topic(
    session: Session, case: Case, notice: Notice, facts: dict[str, Any], *, language: str = "en"
) -> None:
    """In the staff group alone, unless somebody who reads there must not know of the person."""
    if await is_kept_from_somebody(session, case.returnee_id):
        return
    organisation = await session.get_one(Organisation, case.organisation_id)
    chat_id = readable(partial(staff_chat_of, session, organisation))
    if chat_id is not None:
        await tell_chat(
            session, chat_id, notice, facts, language=language, case_id=case.id, in_topic=True
        )


async def _send(
    session: Session, case: Case, called: Iterable[Staff], facts: dict[str, Any]
) -> None:
    await reach_staff(
        session, case.organisation_id, called, Notice.STAFF_ALERT, facts, case_id=case.id
    )
    session.wakes(Topic.CASES)


async def _facts(session: Session, case: Case) -> dict[str, Any]:
    """All that an alert may say."""
    since = await session.scalar(
        select(func.max(CaseEvent.at)).where(
            CaseEvent.case_id == case.id, CaseEvent.kind.in_(BEGINNINGS)
        )
    )
    # Where the clock was ahead when it began, it begins later than now.
    waited = session.now - (since or case.opened_at)
    return {
        "code": case.code,
        "severity": case.severity,
        "language": case.language,
        "minutes": max(waited, timedelta()) // timedelta(minutes=1),
    }
