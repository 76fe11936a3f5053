"""What a worker sent in a case, and what will never arrive: that reached nobody (P2).

The case comes back, its history says so, and whoever wrote is told. What the service says by itself
changes nothing where it fails.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.alerts.absent import is_without_anybody
from domain.alerts.telling import call_others, is_left_to, tell_in_topic
from domain.cases import states
from domain.cases.clock import wind, wind_to
from domain.cases.deadlines import PACES
from domain.cases.events import happened
from domain.cases.owing import owe_anew
from domain.cases.reaching import TALK
from domain.cases.waits import unsettle_waits
from domain.channels.reaching import reach_staff
from domain.notices import Notice
from domain.replies.unsent import count_attempts
from domain.returnees.person import lock_person
from storage.kinds import CaseEventKind, CaseState
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.outbox import OutboxRow
from storage.tables.safeguarding import clear_of
from storage.tables.staff import Staff


@dataclass(frozen=True, slots=True)
class _Attempt:
    staff_id: UUID | None
    at: datetime


async def never_arrived(session: Session, row: OutboxRow) -> None:
    """This row has just failed for good. Needs the service's scope."""
    if row.case_id is None or row.returnee_id is None:
        return
    attempt = await _attempt_in(session, row)
    if attempt is None:
        return
    await lock_person(session, row.returnee_id)
    case = await session.get_one(Case, row.case_id, with_for_update=True, populate_existing=True)
    happened(session, case, CaseEventKind.UNREACHED)
    await count_attempts(session, case)
    await unsettle_waits(session, case, attempt.at)
    unreached = await _tell(session, case, attempt)
    await _come_back(session, case, unreached)


async def _attempt_in(session: Session, row: OutboxRow) -> _Attempt | None:
    """A worker's words, or their question whether it is safe to talk, which is kept as no message.

    Without a look at what it says: that may be just what nobody could read.
    """
    message = await session.scalar(select(Message).where(Message.outbox_id == row.id))
    if message is not None:
        return _Attempt(message.staff_id, message.at)
    asked = await session.scalar(
        select(CaseEvent).where(
            CaseEvent.case_id == row.case_id,
            CaseEvent.at == row.created_at,
            CaseEvent.kind == CaseEventKind.REACHED_OUT,
            CaseEvent.reasons.contains([TALK]),
        )
    )
    return _Attempt(asked.staff_id, asked.at) if asked is not None else None


async def _tell(session: Session, case: Case, attempt: _Attempt) -> list[UUID]:
    """Whoever wrote it and whoever has the case, and the case's topic, where it may have been
    written. Returns whom that is known not to reach.
    """
    facts = {
        "code": case.code,
        "severity": case.severity,
        "closed": case.state is CaseState.RESOLVED,
    }
    notice = Notice.STAFF_UNREACHED
    found = await session.scalars(
        select(Staff).where(
            Staff.id.in_({attempt.staff_id, case.claimed_by} - {None}),
            Staff.disabled_at.is_(None),
            clear_of(case.returnee_id),
        )
    )
    called = found.all()
    unreached = await reach_staff(
        session, case.organisation_id, called, notice, facts, case_id=case.id
    )
    if case.staff_topic is not None:
        language = next((each.language for each in called if each.id == attempt.staff_id), None)
        await tell_in_topic(session, case, notice, facts, language=language)
    return unreached


async def _come_back(session: Session, case: Case, unreached: Collection[UUID]) -> None:
    """To whoever has it, or to all where they don't hear it; one that is closed stays so. What is
    owed sooner stays owed.
    """
    if case.state not in (CaseState.WAITING, CaseState.SNOOZED):
        owed_at = case.next_alert_at
        await owe_anew(session, case)
        await wind(session, case)
        if owed_at is not None:
            wind_to(case, owed_at)
    elif await is_without_anybody(session, case) or not await is_left_to(
        session, case, await _holder(session, case), unreached
    ):
        await call_others(session, case)
    else:
        states.return_to_work(case, session.now + PACES[case.severity].claim)
        await wind(session, case)


async def _holder(session: Session, case: Case) -> list[Staff]:
    return list(await session.scalars(select(Staff).where(Staff.id == case.claimed_by)))
