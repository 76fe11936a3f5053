"""A case ends."""

from uuid import UUID

from sqlalchemy import exists, or_, select

from domain.cases import states
from domain.cases.clock import unheard_by, wind
from domain.cases.events import SIGNS, happened
from domain.cases.reaching import attempts
from domain.cases.returning import end_questions
from domain.cases.waits import end_waits
from domain.casework.tasks import owe_debrief
from domain.consent import has_consent
from domain.consent.reading import took_back
from domain.messages import recordings
from domain.notices import Notice, tell_if_it_gets_there
from domain.replies.unsent import settle_before_goodbye
from domain.retention_periods import TALK_WITHOUT_CONSENT
from storage.kinds import CaseEventKind, Direction, Outcome, Purpose
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent, CaseTask, Message
from storage.tables.returnees import Returnee


async def close(
    session: Session, case: Case, outcome: Outcome, *, staff_id: UUID | None = None
) -> None:
    """Raises Refused while a recording waits that nobody has opened."""
    await ensure_heard(session, case)
    await finish(session, case, outcome, staff_id=staff_id)


async def ensure_heard(session: Session, case: Case) -> None:
    """Raises Refused."""
    recordings.ensure_heard(await unheard_by(session, case.id))


async def finish(
    session: Session, case: Case, outcome: Outcome, *, staff_id: UUID | None = None
) -> None:
    """The same, whatever waits there: somebody else must open that. Questions to colleagues end
    with it, and after an emergency whoever had it is asked how it was.
    """
    await settle_before_goodbye(session, case)
    await end_questions(session, CaseTask.case_id == case.id)
    states.close(case, outcome, session.now)
    await owe_debrief(session, case)
    await end_waits(session, case)
    if not await _was_agreed_to(session, case):
        case.erase_at = session.now + TALK_WITHOUT_CONSENT
    happened(session, case, CaseEventKind.RESOLVED, staff_id=staff_id, reasons=[outcome])
    await wind(session, case)


async def say_it_ended(session: Session, case: Case) -> None:
    """The person, who can say that they still need help; and, where nobody agreed to keep it, that
    it may be kept.
    """
    assert case.resolved_at is not None
    if not await _is_known_to_them(session, case):
        return
    returnee = await session.get_one(Returnee, case.returnee_id)
    told = {"case": str(case.id), "closed_at": case.resolved_at.isoformat()}
    await tell_if_it_gets_there(session, returnee, Notice.CASE_CLOSED, told, case_id=case.id)


async def _is_known_to_them(session: Session, case: Case) -> bool:
    """Otherwise one of the team opened it, nothing came and nothing reached them: its end is not to
    be the first that their phone shows of it.
    """
    sign = CaseEvent.kind.in_(SIGNS), CaseEvent.staff_id.is_(None)
    signs = exists().where(CaseEvent.case_id == case.id, *sign)
    theirs = Message.direction == Direction.FROM_RETURNEE
    said = exists().where(Message.case_id == case.id, theirs)
    if await session.scalar(select(or_(signs, said))):
        return True
    return bool(await attempts(session, case))


async def _was_agreed_to(session: Session, case: Case) -> bool:
    """Otherwise it was a life that allowed it, and that alone does not allow to keep it."""
    if await has_consent(session, case.returnee_id, Purpose.CASEWORKER):
        return True
    return case.agreed_at is not None and not await took_back(session, case)
