"""The gate: an organisation promises nothing before its rota and a drill show that somebody comes.

Check-ins and the choosing of stop words wait for it, and nobody is said to be on duty. Cries for
help are watched, kept and alerted all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from domain.duty.ahead import gaps_ahead
from domain.duty.hours import hours_of
from domain.errors import Refused
from domain.one_by_one import each_by_itself
from domain.organisations import lock_organisation
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.duty import Drill
from storage.tables.organisations import Organisation

#: Shifts of every week are planned so far ahead.
PLANNED_AHEAD = timedelta(weeks=8)
#: A gap shuts the gate so long before it comes.
WEEK = timedelta(days=7)
DRILL_COUNTS_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Missing:
    """What keeps the gate shut."""

    hours: bool
    rota: bool
    drill: bool


def is_ready(organisation: Organisation, now: datetime) -> bool:
    if organisation.gated_at is None:
        return True
    return organisation.ready_until is not None and organisation.ready_until > now


def are_ready(now: Any) -> ColumnElement[bool]:
    """`is_ready` within a query of organisations."""
    return or_(Organisation.gated_at.is_(None), Organisation.ready_until > now)


async def ensure_ready(session: Session, organisation_id: UUID) -> None:
    """Raises Refused, in a sentence that may stand on any phone."""
    if not is_ready(await session.get_one(Organisation, organisation_id), session.now):
        raise Refused("This can't be set up just now. Please try again another day.")


async def what_is_missing(session: Session, organisation: Organisation) -> Missing | None:
    """None for an organisation that is ready."""
    if is_ready(organisation, session.now):
        return None
    drill = await _last_passed(session, organisation.id)
    return Missing(
        hours=not hours_of(organisation),
        rota=bool(await gaps_ahead(session, organisation, session.now + WEEK)),
        drill=drill is None or drill + DRILL_COUNTS_FOR <= session.now,
    )


async def reckon(session: Session, organisation_id: UUID) -> None:
    """After anything that it depends on: until when the organisation is ready now.

    Whoever changes something else meanwhile waits here, and reckons with both.
    """
    await session.flush()
    organisation = await lock_organisation(session, organisation_id)
    organisation.ready_until = await _ready_until(session, organisation)


async def reckon_all(session: Session) -> int:
    """The tick: time, and staff who leave, change it without anybody planning.

    Needs the service's scope.
    """
    gated = await _gated(session)
    await each_by_itself(session, gated, reckon, _leave, "readiness.failed")
    return 0


async def _leave(session: Session, organisation_id: UUID) -> None:
    """What was reckoned last stands, until the day that it named."""


async def _gated(session: Session) -> Sequence[UUID]:
    found = await session.scalars(
        select(Organisation.id).where(Organisation.gated_at.is_not(None)).order_by(Organisation.id)
    )
    return found.all()


async def _ready_until(session: Session, organisation: Organisation) -> datetime | None:
    drill = await _last_passed(session, organisation.id)
    if drill is None or not hours_of(organisation):
        return None
    horizon = datetime.combine((session.now + PLANNED_AHEAD).astimezone(UTC), time(), UTC)
    gaps = await gaps_ahead(session, organisation, horizon)
    covered_until = gaps[0].begins if gaps else horizon
    return min(covered_until - WEEK, drill + DRILL_COUNTS_FOR)


async def _last_passed(session: Session, organisation_id: UUID) -> datetime | None:
    return await session.scalar(
        select(Drill.passed_at)
        .where(Drill.organisation_id == organisation_id, Drill.passed_at.is_not(None))
        .order_by(Drill.started_at.desc())
        .limit(at_most(1))
    )
