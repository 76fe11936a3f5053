"""How cases ended, and which did not stay closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from domain.cases.terms import reopens_within
from domain.figures.publication import Sum
from domain.figures.suppression import SMALLEST, classes, rounded
from storage.kinds import CaseState, Outcome
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.waits import Wait


@dataclass(frozen=True, slots=True)
class Endings:
    """Rounded down; 0 for nobody and for fewer than five alike."""

    #: How many cases that were closed then are closed still.
    closed: int
    outcomes: Sequence[Sum]
    #: Closings of which it is known by now whether the person came back, and of how many they did.
    settled: int
    reopened: int


async def endings_of(
    session: Session, organisation_id: UUID, begins: datetime, ends: datetime
) -> Endings:
    counts = await _outcomes(session, organisation_id, begins, ends)
    settled, reopened = await _closings(session, organisation_id, begins, ends)
    closed = sum(counts.values())
    return Endings(
        closed=rounded(closed, SMALLEST),
        outcomes=_published(counts) if closed >= SMALLEST else (),
        settled=rounded(settled, SMALLEST),
        reopened=rounded(reopened, SMALLEST),
    )


def _published(counts: dict[Outcome, int]) -> list[Sum]:
    """What is rare is one sum with its neighbours."""
    rows = {outcome: (count,) for outcome, count in counts.items()}
    return [
        Sum(cells, rounded(sum(counts[cell] for cell in cells), SMALLEST))
        for cells in classes(rows, SMALLEST)
    ]


async def _outcomes(
    session: Session, organisation_id: UUID, begins: datetime, ends: datetime
) -> dict[Outcome, int]:
    found = await session.execute(
        select(Case.outcome, func.count())
        .where(
            Case.organisation_id == organisation_id,
            Case.state == CaseState.RESOLVED,
            Case.resolved_at >= begins,
            Case.resolved_at < ends,
        )
        .group_by(Case.outcome)
    )
    counted: dict[Outcome | None, int] = dict(found.all())
    return {outcome: counted.get(outcome, 0) for outcome in Outcome}


async def _closings(
    session: Session, organisation_id: UUID, begins: datetime, ends: datetime
) -> tuple[int, int]:
    """Of each closing, however many waits it ended."""
    organisation = await session.get_one(Organisation, organisation_id)
    over = session.now - reopens_within(organisation.settings)
    again = aliased(Wait)
    came_back = (
        select(again.id)
        .where(again.case_id == Wait.case_id, again.began_at >= Wait.closed_at)
        .correlate(Wait)
        .exists()
    )
    closings = (
        select(Wait.case_id, Wait.closed_at, came_back.label("came_back"))
        .where(
            Wait.organisation_id == organisation_id,
            Wait.closed_at >= begins,
            Wait.closed_at < min(ends, over),
        )
        .distinct()
        .subquery()
    )
    counted = await session.execute(
        select(func.count(), func.count().filter(closings.c.came_back)).select_from(closings)
    )
    settled, reopened = counted.one()
    return settled, reopened
