"""The drill: a test alert to everyone on duty, through the channels that they really have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from domain import audit
from domain.actors import Actor, Right
from domain.cases.deadlines import deadline_of
from domain.channels.reaching import reach_staff
from domain.duty.now import on_duty
from domain.duty.readiness import reckon
from domain.errors import Refused
from domain.notices import Notice
from domain.organisations import lock_organisation
from domain.staff import name_of
from storage.batches import at_most
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.duty import Drill, DrillCall
from storage.tables.staff import Staff
from storage.wakes import Topic


@dataclass(frozen=True, slots=True)
class DrillSeen:
    """The last one, as those see it who plan duty."""

    started_at: datetime
    answer_by: datetime
    passed_at: datetime | None
    running: bool
    #: Whose answer is missing.
    waits_for: Sequence[str]


async def start(session: Session, actor: Actor) -> None:
    """Calls everyone on duty now; they have as long as in an emergency.

    Raises NotAllowed and Refused.
    """
    actor.ensure_may(Right.PLAN_DUTY)
    organisation = await lock_organisation(session, actor.organisation_id)
    last = await _last(session, organisation.id)
    if last is not None and _is_running(last, session.now):
        raise Refused("A drill is running already.")
    called = await on_duty(session, organisation.id)
    if not called:
        raise Refused("Nobody is on duty now: a drill calls those who are.")
    drill = Drill(
        organisation_id=organisation.id,
        started_at=session.now,
        started_by=actor.staff_id,
        answer_by=await deadline_of(session, organisation, Severity.EMERGENCY, session.now),
    )
    session.add(drill)
    await session.flush()
    for staff in called:
        session.add(
            DrillCall(organisation_id=organisation.id, drill_id=drill.id, staff_id=staff.id)
        )
    # An address that can't be opened fails the drill, which is what it is for.
    await reach_staff(
        session, organisation.id, called, Notice.STAFF_DRILL, {"drill": str(drill.id)}
    )
    _record(session, actor, "duty.drill-started", drill, called=len(called))


async def answer(session: Session, actor: Actor, drill_id: UUID) -> None:
    """They heard the alert; with the last answer in time the drill is passed. Raises Refused."""
    drill = await session.scalar(
        select(Drill)
        .where(Drill.id == drill_id, Drill.organisation_id == actor.organisation_id)
        .with_for_update()
    )
    call = await session.scalar(
        select(DrillCall).where(
            DrillCall.drill_id == drill_id, DrillCall.staff_id == actor.staff_id
        )
    )
    if drill is None or call is None:
        raise Refused("There is no such drill.")
    if call.answered_at is not None:
        return
    if not _is_running(drill, session.now):
        raise Refused("This drill is over: the answer came too late.")
    call.answered_at = session.now
    _record(session, actor, "duty.drill-answered", drill)
    await session.flush()
    if not await _unanswered(session, drill):
        drill.passed_at = session.now
        await reckon(session, drill.organisation_id)


def waiting_for(session: Session, actor: Actor) -> Select[UUID]:
    """The running drill that still waits for their answer."""
    return (
        select(Drill.id)
        .join(DrillCall, DrillCall.drill_id == Drill.id)
        .where(
            DrillCall.staff_id == actor.staff_id,
            DrillCall.answered_at.is_(None),
            Drill.answer_by > session.now,
        )
        .limit(at_most(1))
    )


async def last_drill(session: Session, actor: Actor) -> DrillSeen | None:
    """Raises NotAllowed."""
    actor.ensure_may(Right.PLAN_DUTY)
    drill = await _last(session, actor.organisation_id)
    if drill is None:
        return None
    return DrillSeen(
        drill.started_at,
        drill.answer_by,
        drill.passed_at,
        _is_running(drill, session.now),
        [name_of(session, staff) for staff in await _unanswered(session, drill)],
    )


def _is_running(drill: Drill, now: datetime) -> bool:
    return drill.passed_at is None and drill.answer_by > now


async def _last(session: Session, organisation_id: UUID) -> Drill | None:
    return await session.scalar(
        select(Drill)
        .where(Drill.organisation_id == organisation_id)
        .order_by(Drill.started_at.desc())
        .limit(at_most(1))
    )


async def _unanswered(session: Session, drill: Drill) -> Sequence[Staff]:
    found = await session.scalars(
        select(Staff)
        .join(DrillCall, DrillCall.staff_id == Staff.id)
        .where(DrillCall.drill_id == drill.id, DrillCall.answered_at.is_(None))
    )
    return found.all()


def _record(session: Session, actor: Actor, action: str, drill: Drill, **detail: object) -> None:
    audit.done_by(session, actor, action, drill.id, **detail)
    session.wakes(Topic.CASES)
