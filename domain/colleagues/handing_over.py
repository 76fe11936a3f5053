"""A case goes from one colleague to another: offered, and accepted, rejected or taken back.

The giver has it, and all of its clocks, until the other one accepts (P2).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from domain.actors import Actor
from domain.alerts.telling import alert_claimer, by_code
from domain.cases.events import happened
from domain.cases.finding import find_case, own_case, unresolved_case
from domain.cases.notes import sealed_note
from domain.casework.tasks import owe_debrief
from domain.casework.work import claim_locked
from domain.channels.reaching import reach_staff
from domain.colleagues.consulting import colleague_for
from domain.duty import on_duty
from domain.duty.busy import in_an_emergency
from domain.errors import Refused
from domain.notices import Notice
from domain.one_by_one import each_by_itself
from domain.rejections import ensure_says_why
from domain.staff import name_by_id, name_of
from storage.batches import at_most
from storage.kinds import CaseEventKind, CaseState, HandOverState, Severity
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.duty import are_there
from storage.tables.hand_overs import HandOver
from storage.tables.safeguarding import clear_of, seen_by
from storage.tables.staff import Staff

_BATCH = 100


@dataclass(frozen=True, slots=True)
class HandingOver:
    """What stands between the reader and a case."""

    case: Case
    #: The open offer: by whom and to whom, by name; None where there is none.
    giver: str | None
    receiver: str | None
    #: The reader offered it, or it is offered to them.
    given: bool
    received: bool
    #: Who could be offered it: colleagues who are on duty and have no emergency.
    colleagues: list[tuple[UUID, str]]
    #: The names of those who have one that the reader may know of.
    busy: list[str]


@dataclass(frozen=True, slots=True)
class Offer:
    case_id: UUID
    code: str
    severity: Severity
    giver: str
    offered_at: datetime


async def offer(session: Session, actor: Actor, case_id: UUID, staff_id: UUID) -> None:
    """Only to somebody who is there now. Needs the service's scope. Raises as own_case."""
    case = await own_case(session, actor, case_id)
    colleague = await colleague_for(session, actor, case, staff_id)
    free, busy = await _others_there(session, actor, case)
    if colleague in busy:
        raise Refused("They have an emergency now: nothing more is offered to them.")
    if colleague not in free:
        raise Refused("Choose somebody who is on duty now.")
    if await _open_offer(session, case_id) is not None:
        raise Refused("This case is offered to somebody already.")
    session.add(
        HandOver(
            case_id=case.id,
            returnee_id=case.returnee_id,
            organisation_id=case.organisation_id,
            from_id=actor.staff_id,
            to_id=staff_id,
            state=HandOverState.OFFERED,
            offered_at=session.now,
        )
    )
    happened(session, case, CaseEventKind.HAND_OVER_OFFERED, staff_id=actor.staff_id)
    await _tell(session, case, colleague, "hand-over")


async def accept(session: Session, actor: Actor, case_id: UUID) -> list[str]:
    """It is theirs, with a first action owed; returns the codes of what went back to others for it.

    Needs the service's scope. Raises as own_case.
    """
    case = await unresolved_case(session, actor, case_id)
    found = await _offered_to(session, actor, case)
    found.state, found.answered_at = HandOverState.ACCEPTED, session.now
    await owe_debrief(session, case)
    case.claimed_by = None
    return await claim_locked(session, actor, case)


async def reject(session: Session, actor: Actor, case_id: UUID, reason: str) -> None:
    """The giver, who has it still, reads why. Needs the service's scope. Raises as own_case."""
    case = await unresolved_case(session, actor, case_id)
    found = await _offered_to(session, actor, case)
    ensure_says_why(reason)
    body = await sealed_note(session, case, reason)
    await _end(session, case, found, HandOverState.REJECTED, staff_id=actor.staff_id, body=body)
    await alert_claimer(session, case)


async def revoke(session: Session, actor: Actor, case_id: UUID) -> None:
    """Whoever offered it keeps it, and whoever was offered it hears so. Needs the service's scope.
    Raises as own_case.
    """
    case = await own_case(session, actor, case_id)
    found = await _open_offer(session, case_id)
    if found is None:
        raise Refused("This case is offered to nobody.")
    await _end(session, case, found, HandOverState.REVOKED, staff_id=actor.staff_id)


async def standing(session: Session, actor: Actor, case_id: UUID) -> HandingOver:
    """Needs the service's scope. Raises as find_case, and Refused for a closed case: who is on duty
    stands there for whoever has one to give.
    """
    case = await find_case(session, actor, case_id)
    if case.state is CaseState.RESOLVED:
        raise Refused("This case is closed.")
    found = await _open_offer(session, case_id)
    free, busy = await _others_there(session, actor, case)
    return HandingOver(
        case=case,
        giver=await name_by_id(session, found.from_id) if found else None,
        receiver=await name_by_id(session, found.to_id) if found else None,
        given=found is not None and found.from_id == actor.staff_id,
        received=found is not None and found.to_id == actor.staff_id,
        colleagues=[(each.id, name_of(session, each)) for each in free],
        busy=[name_of(session, each) for each in busy],
    )


async def offered_to(session: Session, actor: Actor) -> list[Offer]:
    """What colleagues offer the actor now. Needs the service's scope."""
    found = await session.execute(
        select(HandOver, Case, Staff)
        .join(Case, Case.id == HandOver.case_id)
        .join(Staff, Staff.id == HandOver.from_id)
        .where(*_open_to(actor))
        .order_by(HandOver.offered_at)
    )
    return [
        Offer(case.id, case.code, case.severity, name_of(session, giver), each.offered_at)
        for each, case, giver in found
    ]


def waiting_for(actor: Actor) -> Select[int]:
    """How many these are."""
    return select(func.count()).select_from(HandOver).where(*_open_to(actor))


async def take_back_unheard(session: Session) -> int:
    """The tick: an offer to somebody who went off duty, or of a case that is no longer the giver's,
    is none any more; how many. Needs the service's scope.
    """
    found = await session.scalars(
        select(HandOver)
        .join(Case, Case.id == HandOver.case_id)
        .where(HandOver.state == HandOverState.OFFERED, ~_stands(session))
        .order_by(HandOver.offered_at)
        .limit(at_most(_BATCH))
        # Both at once: whoever answers an offer locks its case first.
        .with_for_update(of=(HandOver, Case), skip_locked=True)
        .execution_options(populate_existing=True)
    )
    over = found.all()
    await each_by_itself(session, over, _lapse, _forget_it, "hand-overs.failed")
    return len(over)


def _open_to(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        HandOver.to_id == actor.staff_id,
        HandOver.state == HandOverState.OFFERED,
        seen_by(actor.staff_id, HandOver.returnee_id),
    )


def _stands(session: Session) -> ColumnElement[bool]:
    """Within a query of offers and their cases."""
    there = exists().where(
        Staff.id == HandOver.to_id,
        *are_there(Case.organisation_id, session.due),
        clear_of(HandOver.returnee_id),
    )
    theirs = Case.claimed_by.is_not_distinct_from(HandOver.from_id)
    return and_(theirs, UNRESOLVED, there)


async def _lapse(session: Session, offered: HandOver) -> None:
    case = await session.get_one(Case, offered.case_id, with_for_update=True)
    await _end(session, case, offered, HandOverState.LAPSED)
    if case.claimed_by == offered.from_id and case.state is not CaseState.RESOLVED:
        await alert_claimer(session, case)


async def _forget_it(session: Session, offered: HandOver) -> None:
    """What can't be told is ended all the same."""
    offered.state = HandOverState.LAPSED


async def _end(
    session: Session,
    case: Case,
    offered: HandOver,
    state: HandOverState,
    *,
    staff_id: UUID | None = None,
    body: bytes | None = None,
) -> None:
    offered.state, offered.answered_at = state, session.now
    kind, reasons = CaseEventKind.HAND_OVER_ENDED, [f"hand-over.{state}"]
    happened(session, case, kind, staff_id=staff_id, reasons=reasons, body=body)
    if state is not HandOverState.REJECTED:
        for colleague in await _there(session, case):
            if colleague.id == offered.to_id:
                await _tell(session, case, colleague, "hand-over-ended")


async def _tell(session: Session, case: Case, colleague: Staff, what: str) -> None:
    facts = by_code(case, what)
    await reach_staff(session, case.organisation_id, [colleague], Notice.STAFF_REFERRAL, facts)


async def _offered_to(session: Session, actor: Actor, case: Case) -> HandOver:
    found = await _open_offer(session, case.id)
    if found is None or found.to_id != actor.staff_id or case.claimed_by != found.from_id:
        raise Refused("This case is not offered to you any more.")
    return found


async def _open_offer(session: Session, case_id: UUID) -> HandOver | None:
    return await session.scalar(
        select(HandOver)
        .where(HandOver.case_id == case_id, HandOver.state == HandOverState.OFFERED)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def _others_there(
    session: Session, actor: Actor, case: Case
) -> tuple[list[Staff], list[Staff]]:
    """Colleagues who are on duty: those who are free, and those who have an emergency. Whoever has
    that of somebody from whom the actor is kept apart is neither, as if not there (P10).
    """
    others = [each for each in await _there(session, case) if each.id != actor.staff_id]
    here, beside = case.organisation_id, case.id
    busy = await in_an_emergency(session, here, beside=beside)
    known = await in_an_emergency(session, here, beside=beside, known_to=actor.staff_id)
    return (
        [each for each in others if each.id not in busy],
        [each for each in others if each.id in known],
    )


async def _there(session: Session, case: Case) -> list[Staff]:
    return await on_duty(session, case.organisation_id, for_person=case.returnee_id)
