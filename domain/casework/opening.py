"""A case that one of the team opens, to write first: they learned something by telephone, say."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.actors import Actor, Right
from domain.cases.events import happened
from domain.cases.finding import newest_case, unresolved_case
from domain.cases.notes import sealed_note
from domain.casework.work import claim_locked
from domain.consent import has_consent
from domain.errors import Refused
from domain.idempotency import came_before, id_of
from domain.marks import N_
from domain.returnees.enrolments import has_invited
from domain.returnees.person import find_returnee
from domain.safeguarding.readings import ensure_may_look
from domain.safety.contacts import contact_with
from domain.signals.opening import judged_graver, open_by_hand
from storage.kinds import CaseEventKind, CaseState, Purpose, Severity
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent
from storage.tables.returnees import Returnee

_LONGEST_WHY = 500
# Each says so little that nobody learns from it what the person refused, nor who else has a case of
# theirs (P5, P10).
_UNLESS_A_LIFE = N_(
    "You can't open a case of theirs now: perhaps they have not agreed to it, or talk with others. "
    "If a life may depend on it, open it as an emergency."
)
_NOT_NOW = N_(
    "Nobody of your team can open a case of theirs now. If a life may depend on it, help by "
    "telephone, and ask your supervisor."
)


@dataclass(frozen=True, slots=True)
class Opened:
    case_id: UUID
    #: False where a colleague had the case already, and keeps it.
    is_theirs: bool
    #: The codes of those that they gave back for an emergency.
    handed_back: Sequence[str] = ()


async def open_case(
    session: Session,
    actor: Actor,
    returnee_id: UUID,
    severity: Severity,
    why: str,
    once: str = "",
) -> Opened:
    """It is the actor's at once, and nothing goes to the phone. Where one is open by now, since the
    person was heard meanwhile, why is a note in it, and raises it.

    Raises NotAllowed and Refused; NeedsReason where the actor has not said lately why they look at
    the person. Needs the service's scope, since the open one may be another organisation's.
    """
    actor.ensure_may(Right.WORK_ON_CASES)
    if severity is Severity.NONE:
        raise Refused("Choose how grave it is.")
    _ensure_says_why(why)
    returnee = await find_returnee(session, actor, returnee_id)
    line_id = id_of(returnee_id, actor, once, severity, why.strip())
    if (line := await came_before(session, CaseEvent, line_id)) is not None:
        return await _taken(session, actor, await unresolved_case(session, actor, line.case_id))
    if (await contact_with(session, returnee, actor.organisation_id)).leaving:
        # It would keep them from being forgotten, and perhaps nobody could find it.
        raise Refused(_NOT_NOW)
    case = await newest_case(session, returnee, lock=True)
    if case is None or case.state is CaseState.RESOLVED:
        await ensure_may_look(session, actor, returnee_id)
        await _ensure_wanted(session, actor, returnee, severity)
        case = await open_by_hand(session, returnee, actor, severity, why, line_id=line_id)
    elif case.organisation_id == actor.organisation_id:
        await _add_to(session, actor, case, severity, why, line_id)
    else:
        raise Refused(_NOT_NOW if severity is Severity.EMERGENCY else _UNLESS_A_LIFE)
    return await _taken(session, actor, case)


async def _taken(session: Session, actor: Actor, case: Case) -> Opened:
    """By the actor, unless a colleague has it."""
    if case.claimed_by not in (None, actor.staff_id):
        return Opened(case.id, is_theirs=False)
    return Opened(case.id, is_theirs=True, handed_back=await claim_locked(session, actor, case))


def _ensure_says_why(why: str) -> None:
    if not why.strip():
        raise Refused("Say in a sentence why.")
    if len(why) > _LONGEST_WHY:
        raise Refused("Say it in fewer words.")


async def _ensure_wanted(
    session: Session, actor: Actor, returnee: Returnee, severity: Severity
) -> None:
    """They agreed that somebody reads and writes, or a life may depend on it. Whoever invited them
    never learns whether they did, and so is refused either way (P5). Raises Refused.
    """
    if severity is Severity.EMERGENCY:
        return
    agreed = await has_consent(session, returnee.id, Purpose.CASEWORKER)
    if not agreed or await has_invited(session, actor, returnee.id):
        raise Refused(_UNLESS_A_LIFE)


async def _add_to(
    session: Session, actor: Actor, case: Case, severity: Severity, why: str, line_id: UUID
) -> None:
    kind, body = CaseEventKind.NOTE, await sealed_note(session, case, why)
    happened(session, case, kind, staff_id=actor.staff_id, body=body, line_id=line_id)
    if severity.rank > case.severity.rank:
        await judged_graver(session, case, severity, by=actor.staff_id)
