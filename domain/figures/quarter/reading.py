"""The results of a pathway: what each of its steps came to in a quarter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from domain.actors import Actor, Right
from domain.calendar import months_after, zone
from domain.errors import Refused
from domain.figures.periods import OVER, quarters
from domain.figures.publication import Figures
from domain.figures.quarter.values import StepFigures, kept
from domain.pathways import shelf
from domain.pathways.values import Pathway, Stage, Step
from domain.questionnaires.shelf import edition_or_newest
from domain.questionnaires.values import Questionnaire
from domain.retention_periods import Kind, days
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.figures import PathwayFigures
from storage.tables.organisations import Organisation

# Four years.
_MOST = 16


@dataclass(frozen=True, slots=True)
class StepResults:
    stage: Stage
    step: Step
    questionnaire: Questionnaire
    figures: Figures


@dataclass(frozen=True, slots=True)
class PathwayResults:
    pathway: Pathway
    #: The first day of the one that is shown; None before any is counted.
    quarter: date | None
    counted_at: datetime | None
    #: In the order of the pathway; what it no longer has comes last.
    steps: Sequence[StepResults]
    #: The first days of those that there are, the newest first.
    quarters: Sequence[date]
    #: The day on which the next one is counted.
    counts_on: date
    #: For how many days check-ins are kept: what was gone by the count is not in it.
    kept_for: int


async def read_pathway_results(
    session: Session, actor: Actor, key: str, quarter: date | None
) -> PathwayResults:
    """Of the newest quarter, if none is named. Raises NotAllowed, and Refused where there is no
    such pathway or quarter.
    """
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    organisation = await session.get_one(Organisation, actor.organisation_id)
    pathway = await shelf.newest(session, organisation.id, key)
    rows = {row.quarter: row for row in await _counted(session, organisation.id, key)}
    chosen = quarter or next(iter(rows), None)
    if chosen is not None and chosen not in rows:
        raise Refused("There are no figures of that quarter.")
    row = rows[chosen] if chosen else None
    return PathwayResults(
        pathway=pathway,
        quarter=chosen,
        counted_at=row.counted_at if row else None,
        steps=await _steps(session, pathway, row) if row else (),
        quarters=tuple(rows),
        counts_on=_counts_on(session.now, organisation),
        kept_for=days(organisation.settings, Kind.CHECK_INS),
    )


async def _counted(session: Session, organisation_id: UUID, key: str) -> list[PathwayFigures]:
    """Those in which the pathway asked somebody."""
    found = await session.scalars(
        select(PathwayFigures)
        .where(
            PathwayFigures.organisation_id == organisation_id,
            PathwayFigures.figures.contains([{"pathway": key}]),
        )
        .order_by(PathwayFigures.quarter.desc())
        .limit(at_most(_MOST))
    )
    return list(found)


async def _steps(session: Session, pathway: Pathway, row: PathwayFigures) -> list[StepResults]:
    order = [step.key for _, step in pathway.steps]
    found = [each for each in kept(row.figures) if each.pathway == pathway.key]
    places = {each.step: order.index(each.step) for each in found if each.step in order}
    found.sort(key=lambda each: places.get(each.step, len(order)))
    return [await _step(session, row.organisation_id, each) for each in found]


async def _step(session: Session, organisation_id: UUID, of: StepFigures) -> StepResults:
    """As the version says that asked, and the edition by which it was counted."""
    pathway = await shelf.edition(session, organisation_id, f"{of.pathway}@{of.version}")
    stage, step = next(each for each in pathway.steps if each[1].key == of.step)
    questionnaire = await edition_or_newest(
        session, organisation_id, of.questionnaire, of.figures.edition
    )
    return StepResults(stage, step, questionnaire, of.figures)


def _counts_on(now: datetime, organisation: Organisation) -> date:
    (last,) = quarters(now - OVER, zone(organisation.time_zone), 1)
    running = last.last_day + timedelta(days=1)
    return months_after(running, 3) + OVER
