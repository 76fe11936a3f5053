"""How a case may change. No transaction, no clock: whoever calls has locked it and says when."""

from datetime import datetime
from uuid import UUID

from domain.cases.deadlines import PACES
from storage.kinds import CaseState, Outcome, Severity
from storage.tables.cases import Case

# Alerts number one and two go to those on duty; from the third on, supervisors hear them too.
ALERTS_BEFORE_WIDENING = 2


def raise_to(case: Case, severity: Severity, now: datetime, due: datetime) -> bool:
    """Takes the graver severity and alerts anew; never lowers. True when it rose.

    `due` is that severity's deadline. An earlier one that is still owed stays.
    """
    if severity.rank <= case.severity.rank:
        return False
    case.severity = severity
    case.crisis_told_at = None
    if case.first_action_at is None and case.deadline_at is not None:
        due = min(due, case.deadline_at)
    else:
        case.told_waiting_at = None
    case.deadline_at = due
    case.first_action_at = None
    case.alerts_sent = 0
    return_to_work(case, now + PACES[severity].claim)
    return True


def return_to_work(case: Case, act_by: datetime) -> None:
    """The person is waiting for us again: for whoever has the case, or for anybody."""
    case.state = CaseState.OPEN if case.claimed_by is None else CaseState.CLAIMED
    case.claim_deadline_at = None if case.claimed_by is None else act_by
    case.snoozed_until = None


def take(case: Case, staff_id: UUID, now: datetime) -> None:
    """Theirs now. That alone acknowledges nothing (P2): the claim has a deadline."""
    case.claimed_by = staff_id
    return_to_work(case, now + PACES[case.severity].claim)


def back_to_queue(case: Case, *, widened: bool = False) -> None:
    """Nobody's any more, so alerts begin again; widened, a supervisor hears the first one."""
    case.claimed_by = None
    case.state = CaseState.OPEN
    case.claim_deadline_at = case.snoozed_until = None
    case.alerts_sent = ALERTS_BEFORE_WIDENING if widened else 0


def acted(case: Case, now: datetime) -> None:
    """Somebody tried to reach the person, which is what stops the clocks; until when they ran
    stays written down, for words that are taken back.
    """
    case.first_action_at = case.first_action_at or now
    case.state = CaseState.WAITING


def go_on(case: Case, before: CaseState) -> None:
    """What stopped a clock was taken back, so it runs as before. Only while somebody has tried to
    reach the person is a case put off.
    """
    if before is CaseState.SNOOZED and case.first_action_at is not None:
        case.state = before
    else:
        case.state, case.snoozed_until = CaseState.CLAIMED, None


def consulted(case: Case) -> None:
    """A supervisor was asked about it, which stops the claim's clock until they owe an answer. That
    reaches nobody: the person still waits.
    """
    case.claim_deadline_at = None


def rests_on_advice(case: Case) -> bool:
    return case.state is CaseState.CLAIMED and case.claim_deadline_at is None


def stands_still(case: Case) -> bool:
    """Somebody has it and acted, so that its claim runs out by no time: until the person speaks."""
    return rests_on_advice(case) or case.state in (CaseState.WAITING, CaseState.SNOOZED)


def to_act_by(case: Case) -> datetime | None:
    """By when somebody must have tried to reach the person, or the case goes from whoever has it to
    somebody else, whichever comes first.
    """
    if case.state not in (CaseState.OPEN, CaseState.CLAIMED):
        return None
    promised = case.deadline_at if case.first_action_at is None else None
    return min(filter(None, (promised, case.claim_deadline_at)), default=None)


def waits_for_us(case: Case) -> bool:
    """Whether the person waits for somebody to have the case, or for a first attempt to reach them.
    Who was answered and is owed more words has a time by which (answer_due).
    """
    unanswered = case.state is CaseState.CLAIMED and case.first_action_at is None
    return case.state is CaseState.OPEN or unanswered


def answer_due(case: Case) -> datetime | None:
    """By when the person was promised an answer: the first one, or one more from whoever has the
    case and must act again. None where nobody owes them one by a time.
    """
    if case.first_action_at is None:
        return case.deadline_at
    return case.claim_deadline_at if case.state is CaseState.CLAIMED else None


def put_off(case: Case, until: datetime) -> None:
    case.state = CaseState.SNOOZED
    case.snoozed_until = until


def close(case: Case, outcome: Outcome, now: datetime) -> None:
    case.state = CaseState.RESOLVED
    case.resolved_at = now
    case.outcome = outcome
    case.claim_deadline_at = case.snoozed_until = None


def owe_anew(case: Case, due: datetime) -> None:
    """As if nobody had answered them yet."""
    case.first_action_at = case.told_waiting_at = None
    case.deadline_at = due


def reopen(case: Case, due: datetime) -> None:
    """As grave as it was, in nobody's hands, with a new deadline."""
    back_to_queue(case)
    case.resolved_at = case.outcome = case.erase_at = None
    case.crisis_told_at = None
    owe_anew(case, due)
