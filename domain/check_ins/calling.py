"""A caseworker is called about somebody whom a check-in found silent, or could not reach, and told
once the silence is over.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select

from domain.cases.events import SIGNALS, happened
from domain.cases.finding import newest_case
from domain.consent import has_consent
from domain.returnees.person import lock_person
from domain.safety.contacts import contact_with
from domain.safety.silence_plan import UNANSWERED, UNREACHED, plan_now
from domain.signals.opening import hear, open_or_append
from storage.batches import at_most
from storage.kinds import CaseEventKind, CaseState, Purpose, Severity
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent
from storage.tables.returnees import Returnee, Safety


async def is_to_be_forgotten(session: Session, returnee: Returnee, organisation_id: UUID) -> bool:
    """Then nobody is called about them: a case that it opened would keep them from being forgotten,
    and nobody could find it.
    """
    return (await contact_with(session, returnee, organisation_id)).leaving


async def call_caseworker(
    session: Session, returnee: Returnee, organisation_id: UUID, reason: str
) -> bool:
    """Only where the person agreed that a caseworker may write to them: whether they did. The case
    says what they want done when they fall silent.
    """
    if not await has_consent(session, returnee.id, Purpose.CASEWORKER):
        return False
    safety = await session.get_one(Safety, returnee.id)
    plan = plan_now(returnee, safety, session.now)
    reasons = [reason, f"silence.{plan}"]
    concern = Severity.CONCERN
    await open_or_append(session, returnee, organisation_id, concern, reasons, unasked=True)
    return True


async def tell_of_answer(session: Session, returnee: Returnee) -> None:
    """A check-in is answered: once after each that stayed without an answer, as their open case
    says, whoever works on it is told, lest they do what the person chose for a silence that is
    over. It proves neither who answers nor how they are, so it closes and lowers nothing (P13).
    Whoever calls has locked the person.
    """
    case = await newest_case(session, returnee, lock=True)
    if case is None or case.state is CaseState.RESOLVED:
        return
    if await _newest_about_silence(session, case) in SIGNALS:
        happened(session, case, CaseEventKind.CHECK_IN_ANSWERED)
        await hear(session, case)


async def _newest_about_silence(session: Session, case: Case) -> CaseEventKind | None:
    """Of the lines since the case was last opened: one that gives silence, or that nothing reaches
    them, as its reason; or that it is over.
    """
    return await session.scalar(
        select(CaseEvent.kind)
        .where(
            CaseEvent.case_id == case.id,
            or_(
                *(CaseEvent.reasons.contains([reason]) for reason in UNANSWERED),
                CaseEvent.kind.in_((CaseEventKind.CHECK_IN_ANSWERED, CaseEventKind.REOPENED)),
            ),
        )
        .order_by(CaseEvent.number.desc())
        .limit(at_most(1))
    )


async def was_called(session: Session, returnee: Returnee, reason: str, since: datetime) -> bool:
    """Whether a case of theirs was told of that."""
    told = exists().where(
        CaseEvent.case_id == Case.id,
        Case.returnee_id == returnee.id,
        CaseEvent.reasons.contains([reason]),
        CaseEvent.at >= since,
    )
    return bool(await session.scalar(select(told)))


async def call_about_unreachable(
    session: Session, returnee: Returnee, organisation_id: UUID
) -> None:
    """Once for each time that they blocked us, however long that lasts: it may be the safest thing
    that they could do.
    """
    # Should they come back or ask to be forgotten just now, or another check-in tell of it, that
    # comes before this, or finds it.
    await lock_person(session, returnee.id)
    await session.refresh(returnee, ["blocked_at", "block_told"])
    blocked_at = returnee.blocked_at
    if blocked_at is None or returnee.block_told == blocked_at:
        return
    # By an older release, which notes it in the case alone; and that goes one day.
    called = await was_called(session, returnee, UNREACHED, blocked_at)
    if not called and not await is_to_be_forgotten(session, returnee, organisation_id):
        called = await call_caseworker(session, returnee, organisation_id, UNREACHED)
    if called:
        returnee.block_told = blocked_at
