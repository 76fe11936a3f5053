"""How a case begins, grows and comes back. One open case per person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain import prefetched
from domain.actors import Actor
from domain.alerts.absent import has_another_emergency, is_without_anybody
from domain.alerts.telling import alert, alert_of_child, call_back
from domain.cases import states
from domain.cases.clock import owe_the_truth
from domain.cases.deadlines import deadline_of
from domain.cases.events import happened
from domain.cases.finding import newest_case
from domain.cases.notes import sealed_note
from domain.cases.owing import owe_anew, unanswered_since
from domain.cases.returning import put_back
from domain.cases.terms import could_open_again
from domain.cases.waits import begin_wait, settle_waits
from domain.children.saying import says_child
from domain.codes.spoken import unused_code
from domain.consent.ledger import LATER
from domain.consent.reading import asked_last, not_before_a_no, took_back, wants_no_reader
from domain.returnees.enrolments import answers_for, begin_anew, enrol, organisation_of
from domain.returnees.person import lock_person
from domain.workers import has_workers
from storage.kinds import CaseEventKind, CaseState, Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee

#: Why there is a case about what a person sent, and no handler could handle.
UPDATE_FAILED = "update.failed"
# Why a case is as grave as the watch did not hear it.
_JUDGED = "judged"
# Why there is a case about somebody who brought nothing themselves.
_BY_HAND = "by-hand"
# Such as "K7-4M2Q".
_CODE = "??-????"


async def open_or_append(
    session: Session,
    returnee: Returnee,
    organisation_id: UUID,
    severity: Severity,
    reasons: Sequence[str],
    *,
    decided_by: str | None = None,
    by_others: bool = False,
    unasked: bool = False,
) -> Case:
    """A signal about a person: kept in their case, which is opened, reopened or raised as needed.

    Whoever opens or raises it alerts in the same transaction. `by_others`: they did nothing just
    now, so that a no of theirs goes on. `unasked`: they asked for nobody, and hear nothing of it.
    Needs the service's scope.
    """
    kind = CaseEventKind.SIGNAL
    waited = unasked and await _wait_for_an_answer(session, returnee)
    case = await current_case(session, returnee)
    if case is None:
        case = await _open(session, returnee, organisation_id, severity, by_others=by_others)
        kind = CaseEventKind.OPENED
    else:
        if await _raise(session, case, severity):
            kind = CaseEventKind.RAISED
        if not unasked:
            await owe_the_truth(session, case, they_ask=True)
    if unasked and not waited and case.first_action_at is None:
        # Nobody tells them that nobody has answered yet (P11), until they ask.
        case.told_waiting_at = case.told_waiting_at or session.now
    happened(session, case, kind, severity=severity, reasons=reasons, decided_by=decided_by)
    if kind is CaseEventKind.RAISED:
        await _leave_to_whoever_is_there(session, case)
    alerted = case.alerts_sent
    await hear(session, case)
    if says_child(severity, reasons) and case.alerts_sent == alerted:
        await alert_of_child(session, case)
    return case


async def judged_graver(session: Session, case: Case, severity: Severity, *, by: UUID) -> None:
    """Graver than it was, by somebody of the team. Whoever calls has locked the person and the
    case.
    """
    is_answered = await _is_answered(session, case)
    await _raise(session, case, severity)
    if is_answered:
        # They asked for nothing since: nobody tells them that nobody has answered yet (P11), until
        # they do.
        case.told_waiting_at = session.now
    kind = CaseEventKind.RAISED
    happened(session, case, kind, staff_id=by, severity=severity, reasons=[_JUDGED])
    await _leave_to_whoever_is_there(session, case)
    await hear(session, case)


async def _is_answered(session: Session, case: Case) -> bool:
    """Whether somebody acted, and the person said nothing since."""
    acted_at = case.first_action_at
    return acted_at is not None and await unanswered_since(session, case, acted_at) is None


async def open_by_hand(
    session: Session,
    returnee: Returnee,
    actor: Actor,
    severity: Severity,
    why: str,
    *,
    line_id: UUID,
) -> Case:
    """A case of theirs by somebody of the team, who claims it in the same transaction, so that no
    alert calls others. Whoever calls has locked the person, who has no open case. Needs the
    service's scope.
    """
    case = await _open(session, returnee, actor.organisation_id, severity, by_others=True)
    # They asked for nothing: nobody tells them that nobody has answered yet (P11), until they do.
    case.told_waiting_at = session.now
    happened(
        session,
        case,
        CaseEventKind.OPENED,
        staff_id=actor.staff_id,
        severity=severity,
        reasons=[_BY_HAND],
        body=await sealed_note(session, case, why),
        line_id=line_id,
    )
    return case


async def open_handed_over(
    session: Session,
    returnee: Returnee,
    organisation_id: UUID,
    severity: Severity,
    reason: str = "referral",
) -> Case:
    """A case of theirs with the organisation that takes over from another one; a case that is open
    already goes on. Who said that nobody is to read or write is not asked anew by it (P5). Needs
    the service's scope.
    """
    await _lock(session, returnee)
    open_one = await newest_case(session, returnee, lock=True)
    if open_one is not None and open_one.state is not CaseState.RESOLVED:
        return open_one
    case = await _open(session, returnee, organisation_id, severity, by_others=True)
    happened(session, case, CaseEventKind.OPENED, severity=severity, reasons=[reason])
    await hear(session, case)
    return case


async def current_case(
    session: Session, returnee: Returnee, *, by: UUID | None = None
) -> Case | None:
    """The person's open case, or the one closed lately, which their word reopens, or whoever closed
    it by mistake; unless others accompany them now than the organisation that closed it. Where
    nobody did any more, that one does again.

    Locks the person first, then the case, until the transaction ends: whoever else would open one
    waits here. The caller goes on to `hear`.
    """
    await _lock(session, returnee)
    case = await newest_case(session, returnee, lock=True)
    if case is None or case.resolved_at is None:
        return case
    if not await can_go_on(session, returnee, case):
        return None
    await begin_anew(session, returnee, case.organisation_id)
    promised = await due(session, case, case.severity)
    states.reopen(case, promised)
    begin_wait(session, case, promised)
    happened(session, case, CaseEventKind.REOPENED, staff_id=by, severity=case.severity)
    return case


async def would_reopen(session: Session, returnee: Returnee) -> bool:
    """Whether their case is closed, and any word of theirs opens it again: not where they want
    nobody to read it.
    """
    case = await newest_case(session, returnee)
    if case is None or case.resolved_at is None or await wants_no_reader(session, returnee):
        return False
    return await can_go_on(session, returnee, case)


async def can_go_on(session: Session, returnee: Returnee, case: Case) -> bool:
    """It was closed lately, by those who answer for them still; where nobody of them is left, not
    while others accompany the person. Needs the service's scope.
    """
    if not await could_open_again(session, case):
        return False
    closed_by = case.organisation_id
    if not await answers_for(session, returnee, closed_by):
        return False
    if await session.scalar(select(has_workers(closed_by, returnee.id))):
        return True
    return await organisation_of(session, returnee) == closed_by


async def hear(session: Session, case: Case) -> None:
    """The person made themselves heard: those who should know are told, and the clocks run.

    Where they run already they go on: whoever writes line after line must not put off the next
    alert with each (P2). Where somebody has it and acted, an alert alone would start none.
    """
    if states.stands_still(case):
        await call_back(session, case, await due(session, case, case.severity))
    elif case.alerts_sent == 0 and _nobody_acted(case):
        await alert(session, case)
    await owe_anew(session, case)


def _nobody_acted(case: Case) -> bool:
    """Whoever opened a case by hand and wrote in it hears of the rest without the others."""
    return case.state is CaseState.OPEN or case.first_action_at is None


async def due(session: Session, case: Case, severity: Severity) -> datetime:
    """The deadline of what becomes this grave now."""
    organisation = await session.get_one(Organisation, case.organisation_id)
    return await deadline_of(session, organisation, severity, session.now)


async def _wait_for_an_answer(session: Session, returnee: Returnee) -> bool:
    """Whether they asked before, and were neither answered nor told that nobody has."""
    case = await newest_case(session, returnee)
    if case is None or case.state is CaseState.RESOLVED:
        return False
    return case.first_action_at is None and case.told_waiting_at is None


async def _raise(session: Session, case: Case, severity: Severity) -> bool:
    promised, acted_at = await due(session, case, severity), case.first_action_at
    if not states.raise_to(case, severity, session.now, promised):
        return False
    await settle_waits(session, case, acted_at)
    begin_wait(session, case, promised)
    return True


async def _leave_to_whoever_is_there(session: Session, case: Case) -> None:
    """It has become graver, and alerts begin anew. Nobody who hears them could claim it from
    whoever has it: where that one is not there, or is in another emergency, it is anybody's.
    """
    if await is_without_anybody(session, case) or await has_another_emergency(session, case):
        await put_back(session, case)


async def _lock(session: Session, returnee: Returnee) -> None:
    if prefetched.known(session, returnee.id) is None:
        await lock_person(session, returnee.id)


async def _open(
    session: Session,
    returnee: Returnee,
    organisation_id: UUID,
    severity: Severity,
    *,
    by_others: bool,
) -> Case:
    organisation = await session.get_one(Organisation, organisation_id)
    promised = await deadline_of(session, organisation, severity, session.now)
    await enrol(session, returnee, organisation)
    earlier = await newest_case(session, returnee, lock=True)
    case = Case(
        code=await unused_code(session, Case.code, _CODE),
        organisation_id=organisation.id,
        returnee_id=returnee.id,
        state=CaseState.OPEN,
        severity=severity,
        language=returnee.language,
        opened_at=await _begins_at(session, returnee, earlier),
        deadline_at=promised,
        alerts_sent=0,
        agreed_at=await _asked_before_a_no(session, earlier) if by_others else None,
        follows_id=earlier.id if earlier else None,
    )
    session.add(case)
    await session.flush()
    begin_wait(session, case, promised)
    prefetched.forget(session, returnee.id)
    return case


async def _begins_at(session: Session, returnee: Returnee, earlier: Case | None) -> datetime:
    """Now; but later than their last talk and their last no, of which the clock may have been ahead
    (decision 0054).
    """
    after_noes = await not_before_a_no(session, returnee)
    return after_noes if earlier is None else max(after_noes, earlier.opened_at + LATER)


async def _asked_before_a_no(session: Session, earlier: Case | None) -> datetime | None:
    """When they did so in their last talk, if they said no since, which so goes on in the next."""
    if earlier is None or not await took_back(session, earlier):
        return None
    return asked_last(earlier)
