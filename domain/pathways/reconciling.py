"""Who should have a next check-in and has none: found by looking at everybody, not by trusting that
every way there planned one.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from domain.actors import Actor, Right
from domain.paging import MOST, Page
from domain.pathways.placing import course_of
from domain.pathways.planning import Change
from domain.returnees.enrolments import invited_by, pseudonym_of
from domain.returnees.person import seen_by_role
from storage.batches import at_most
from storage.kinds import NOT_SENT_YET
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.pathways import OnPathway
from storage.tables.privacy import Erasure
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee
from storage.tables.safeguarding import seen_by

_NOBODY = false()


class WhyUnplanned(StrEnum):
    """Why nothing is planned for somebody."""

    NO_PATHWAY = "no-pathway"
    DAY_MISSING = "day-missing"
    #: They were on it to its end.
    AT_ITS_END = "at-its-end"
    #: A step is to come, and no check-in waits for it: that is ours to put right.
    NOT_PLANNED = "not-planned"


@dataclass(frozen=True, slots=True)
class Unplanned:
    id: UUID
    pseudonym: str
    why: WhyUnplanned


async def without_next(
    session: Session, actor: Actor, after: UUID | None = None, most: int = MOST
) -> Page[Unplanned]:
    """Those who are with the organisation, can be reached and have no check-in to come, by
    pseudonym. Whether somebody wants check-ins is not looked at: that is theirs to know. A campaign
    plans only for those who want them, so of whom the actor invited just the steps count that lie
    ahead on their pathway.

    Raises NotAllowed.
    """
    actor.ensure_may(Right.SEE_PEOPLE)
    query = (
        _unplanned(
            session.now,
            Enrolment.pseudonym,
            Returnee,
            OnPathway,
            own=invited_by(actor, Enrolment.returnee_id),
        )
        .where(
            Enrolment.organisation_id == actor.organisation_id,
            seen_by_role(actor, Returnee.id),
            seen_by(actor.staff_id, Enrolment.returnee_id),
        )
        .order_by(Enrolment.pseudonym)
        .limit(at_most(most + 1))
    )
    if after is not None:
        query = query.where(Enrolment.pseudonym > await pseudonym_of(session, actor, after))
    found = await session.execute(query)
    lines = [
        Unplanned(returnee.id, pseudonym, await _why(session, actor, returnee, on))
        for pseudonym, returnee, on in found.all()
    ]
    return Page.of(lines, most)


def count_without_next(now: datetime) -> Select[Any]:
    """How many there are everywhere, but for those who are at their pathway's end."""
    goes_on = or_(OnPathway.asks_until.is_(None), OnPathway.asks_until > now)
    return _unplanned(now, func.count()).where(goes_on)


async def _why(
    session: Session, actor: Actor, returnee: Returnee, on: OnPathway | None
) -> WhyUnplanned:
    if on is None:
        return WhyUnplanned.NO_PATHWAY
    if on.days is None:
        return WhyUnplanned.DAY_MISSING
    course = await course_of(session, returnee, actor.organisation_id)
    if any(line.change in (Change.NEW, Change.MOVED) for line in course.lines):
        return WhyUnplanned.NOT_PLANNED
    asked = [line for line in course.lines if line.wanted and line.wanted.asks]
    if asked and asked[-1].change is Change.UNKNOWN:
        return WhyUnplanned.DAY_MISSING
    return WhyUnplanned.AT_ITS_END


def _unplanned(now: datetime, *columns: Any, own: ColumnElement[bool] = _NOBODY) -> Select[Any]:
    """`own`: whoever looks is not told what they agreed to."""
    on_it = and_(
        OnPathway.returnee_id == Enrolment.returnee_id,
        OnPathway.organisation_id == Enrolment.organisation_id,
    )
    to_come = (
        select(CheckIn.id)
        .where(
            CheckIn.returnee_id == Enrolment.returnee_id,
            CheckIn.organisation_id == Enrolment.organisation_id,
            CheckIn.state.in_(NOT_SENT_YET),
            or_(~own, CheckIn.planned_for > now),
        )
        .exists()
    )
    leaving = select(Erasure.returnee_id).where(Erasure.returnee_id == Enrolment.returnee_id)
    return (
        select(*columns)
        .select_from(Enrolment)
        .join(Returnee, Returnee.id == Enrolment.returnee_id)
        .outerjoin(OnPathway, on_it)
        .where(
            STILL_ENROLLED,
            Enrolment.invite_id.is_not(None),
            OnPathway.paused_at.is_(None),
            *_reachable(),
            ~to_come,
            ~leaving.exists(),
        )
    )


def _reachable() -> tuple[ColumnElement[bool], ...]:
    """Not where somebody's own word or deed keeps us away."""
    return (
        Returnee.frozen_at.is_(None),
        Returnee.blocked_at.is_(None),
        Returnee.paused_until.is_(None),
    )
