"""Who is on, what waits and what is late: numbers of cases, and names of staff alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.actors import Actor, Right
from domain.cases.finding import of_somebody_leaving
from domain.duty.ahead import gaps_ahead
from domain.duty.busy import with_emergencies
from domain.duty.coverage import Gap
from domain.duty.now import on_duty
from domain.duty.readiness import WEEK
from domain.staff import name_of
from storage.kinds import CaseState, Severity
from storage.rows import by_name
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.duty import Shift
from storage.tables.organisations import Organisation
from storage.tables.safeguarding import seen_by
from storage.tables.staff import Staff


@dataclass(frozen=True, slots=True)
class OnDuty:
    who: str
    #: None: until they say otherwise.
    until: datetime | None
    in_telegram: bool
    #: Languages in which they can talk with people.
    speaks: Sequence[str]
    #: They have an emergency, so a second one goes to somebody else.
    with_emergency: bool


@dataclass(frozen=True, slots=True)
class Next:
    who: str
    begins: datetime


@dataclass(frozen=True, slots=True)
class Load:
    severity: Severity
    #: Nobody has them.
    waiting: int
    #: Nobody has tried to reach the person, and the time for it is over.
    late: int
    #: The first deadline of those that nobody has acted on.
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    on: Sequence[OnDuty]
    next: Sequence[Next]
    load: Sequence[Load]
    gaps: Sequence[Gap]


async def read_board(session: Session, actor: Actor) -> Board:
    """Raises NotAllowed. Of cases only what the actor may see is counted."""
    actor.ensure_may(Right.PLAN_DUTY)
    organisation = await session.get_one(Organisation, actor.organisation_id)
    return Board(
        on=await _on_duty(session, actor),
        next=await _next(session, actor),
        load=await _load(session, actor),
        gaps=await gaps_ahead(session, organisation, session.now + WEEK),
    )


async def _on_duty(session: Session, actor: Actor) -> list[OnDuty]:
    ends = await _ends(session, actor)
    busy = set(
        await session.scalars(
            with_emergencies(actor.organisation_id).where(seen_by(actor.staff_id, Case.returnee_id))
        )
    )
    return [
        OnDuty(
            name_of(session, staff),
            ends.get(staff.id),
            staff.telegram_chat is not None,
            staff.speaks,
            staff.id in busy,
        )
        for staff in await on_duty(session, actor.organisation_id)
    ]


async def _ends(session: Session, actor: Actor) -> dict[object, datetime | None]:
    """When the last of somebody's running shifts ends; None where one has no end."""
    rows = await session.execute(
        select(Shift.staff_id, func.max(Shift.ends_at), func.bool_or(Shift.ends_at.is_(None)))
        .where(
            Shift.organisation_id == actor.organisation_id,
            Shift.time_off_id.is_(None),
            Shift.starts_at <= session.now,
            Shift.ends_at.is_(None) | (Shift.ends_at > session.now),
        )
        .group_by(Shift.staff_id)
    )
    return {staff_id: None if endless else ends for staff_id, ends, endless in rows}


async def _next(session: Session, actor: Actor) -> list[Next]:
    """Who begins next; several where they begin together."""
    coming = (
        Shift.organisation_id == actor.organisation_id,
        Shift.time_off_id.is_(None),
        Shift.starts_at > session.now,
        Staff.disabled_at.is_(None),
    )
    of_staff = Staff.id == Shift.staff_id
    first = select(func.min(Shift.starts_at)).join(Staff, of_staff).where(*coming)
    rows = await session.execute(
        select(Staff, Shift.starts_at)
        .join(Shift, of_staff)
        .where(*coming, Shift.starts_at == first.scalar_subquery())
        .order_by(Staff.created_at, Staff.id)
    )
    return [Next(name_of(session, staff), begins) for staff, begins in rows]


async def _load(session: Session, actor: Actor) -> list[Load]:
    unanswered = Case.first_action_at.is_(None)
    rows = await session.execute(
        select(
            Case.severity,
            func.count().filter(Case.state == CaseState.OPEN).label("waiting"),
            func.count().filter(unanswered, Case.deadline_at <= session.now).label("late"),
            func.min(Case.deadline_at).filter(unanswered).label("due_at"),
        )
        .where(
            Case.organisation_id == actor.organisation_id,
            UNRESOLVED,
            seen_by(actor.staff_id, Case.returnee_id),
            ~of_somebody_leaving(),
        )
        .group_by(Case.severity)
    )
    found = [Load(**by_name(row)) for row in rows]
    return sorted(found, key=lambda load: -load.severity.rank)
