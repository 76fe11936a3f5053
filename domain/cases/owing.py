"""Who was answered once, says more, and is in nobody's hands, is owed an answer anew (P2)."""

from datetime import datetime

from sqlalchemy import func, or_, select

from domain.cases import states
from domain.cases.clock import wind_to
from domain.cases.deadlines import deadline_of
from domain.cases.events import are_signals
from domain.cases.reaching import TALK_NOW, attempts
from domain.cases.thanks import says_only_thanks
from domain.cases.waits import begin_wait, settle_waits
from storage.kinds import CaseState, Direction, Severity
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.organisations import Organisation

# They cried, or asked for somebody; a lesser signal may be no word of theirs, such as a silence.
_CRIES = are_signals() & CaseEvent.severity.in_((Severity.URGENT, Severity.EMERGENCY))


async def owe_anew(session: Session, case: Case) -> None:
    """Of one that is locked. No claim of anybody's runs out any more, so that what they said has a
    deadline of its own, counted from then, and past it they are told once more (P11).
    """
    if case.state is not CaseState.OPEN or case.first_action_at is None:
        return
    said_at = await unanswered_since(session, case, case.first_action_at)
    if said_at is None:
        return
    organisation = await session.get_one(Organisation, case.organisation_id)
    promised = await deadline_of(session, organisation, case.severity, said_at)
    await settle_waits(session, case, case.first_action_at)
    states.owe_anew(case, promised)
    begin_wait(session, case, promised, said_at)
    wind_to(case, promised)


async def unanswered_since(
    session: Session, case: Case, first_action_at: datetime
) -> datetime | None:
    """When they first said something, other than thanks, since somebody last tried to reach them;
    or pressed a button that says as much.
    """
    answered_at = max(await attempts(session, case), default=first_action_at)
    pressed_at: datetime | None = await session.scalar(
        select(func.min(CaseEvent.at)).where(
            CaseEvent.case_id == case.id,
            CaseEvent.staff_id.is_(None),
            CaseEvent.at > answered_at,
            or_(_CRIES, CaseEvent.reasons.contains([TALK_NOW])),
        )
    )
    wrote = await session.scalars(
        select(Message)
        .where(
            Message.case_id == case.id,
            Message.direction == Direction.FROM_RETURNEE,
            Message.at > answered_at,
        )
        .order_by(Message.at)
    )
    for message in wrote.all():
        if not await says_only_thanks(session, message):
            return message.at if pressed_at is None else min(message.at, pressed_at)
    return pressed_at
