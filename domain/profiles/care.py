"""What staff write down of a person in order to look after them: age, a child's worker, arrival."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.actors import Actor, Right
from domain.children.deciding import decision_of
from domain.children.known import is_known_child
from domain.consent.turning_points import Days, days_of
from domain.illegible import if_legible
from domain.staff import name_of
from domain.workers import works_on_cases
from storage.kinds import AgeBand
from storage.sessions import Session
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import clear_of
from storage.tables.staff import Staff


@dataclass(frozen=True, slots=True)
class Decision:
    worker: str
    reasons: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Care:
    age_band: AgeBand
    child: bool
    #: They said so, and nobody has found out yet.
    says_child: bool
    decision: Decision | None
    #: Who can be named as a child's worker, by id.
    colleagues: Sequence[tuple[UUID, str]]
    days: Days
    arrived_at: datetime | None


async def read_care(session: Session, actor: Actor, returnee: Returnee) -> Care:
    """Of somebody whom the actor may see. Raises NotAllowed."""
    actor.ensure_may(Right.SEE_PEOPLE)
    colleagues = await session.scalars(
        select(Staff)
        .where(
            *works_on_cases(actor.organisation_id),
            clear_of(returnee.id),
        )
        .order_by(Staff.created_at, Staff.id)
    )
    return Care(
        age_band=returnee.age_band,
        child=is_known_child(returnee),
        says_child=returnee.said_child_at is not None,
        decision=await _decision(session, actor, returnee),
        colleagues=[(staff.id, name_of(session, staff)) for staff in colleagues],
        days=await if_legible(days_of(session, returnee.id)) or Days(),
        arrived_at=returnee.arrived_at,
    )


async def _decision(session: Session, actor: Actor, returnee: Returnee) -> Decision | None:
    """None where whoever is named looks after them no more: then they are asked nothing."""
    decided = await decision_of(session, actor.organisation_id, returnee.id)
    if decided is None:
        return None
    return Decision(name_of(session, decided.worker), decided.reasons, decided.at)
