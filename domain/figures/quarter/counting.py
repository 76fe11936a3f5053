"""Counting what the check-ins of pathways came to in a quarter: once, when it is over."""

from sqlalchemy import ColumnElement, func, select

from domain.calendar import zone
from domain.figures.claiming import claimed
from domain.figures.periods import OVER, Period, quarters
from domain.figures.publication import Trait, publish
from domain.figures.quarter.values import StepFigures, to_keep
from domain.figures.traits import asked_by, counts_by_trait
from storage.kinds import CheckInState
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.figures import PathwayFigures
from storage.tables.organisations import Organisation

# Check-ins of older ones are gone.
_BACK = 4


async def count_next_quarter(session: Session) -> int:
    """The tick: counts one organisation's quarter, once. Returns 0 where there is none left.

    Any number of replicas may call it at once. Needs the service's scope.
    """
    organisations = await session.scalars(select(Organisation).order_by(Organisation.created_at))
    for organisation in organisations.all():
        place = zone(organisation.time_zone)
        for quarter in quarters(session.now - OVER, place, _BACK):
            counted = await session.get(PathwayFigures, (organisation.id, quarter.first_day))
            if counted is None and organisation.created_at < quarter.ends:
                return await _count(session, organisation, quarter)
    return 0


async def _count(session: Session, organisation: Organisation, quarter: Period) -> int:
    day = quarter.first_day
    if await claimed(session, organisation.id, PathwayFigures, day) is None:
        return 0
    figures = await _figures(session, organisation, quarter)
    session.add(
        PathwayFigures(
            organisation_id=organisation.id,
            quarter=day,
            counted_at=session.now,
            figures=to_keep(figures),
        )
    )
    await session.flush()
    return 1


async def _figures(
    session: Session, organisation: Organisation, quarter: Period
) -> list[StepFigures]:
    """Of each step by itself: nobody has two check-ins in one of them, and no sum goes over two."""
    theirs = _theirs(organisation, quarter)
    asks = func.split_part(CheckIn.questionnaire, "@", 1)
    steps = (CheckIn.pathway, CheckIn.step, asks)
    found = await session.execute(
        select(*steps, func.max(CheckIn.version)).where(*theirs).group_by(*steps).order_by(*steps)
    )
    figures = []
    for pathway, step, key, version in found.all():
        which = (*theirs, CheckIn.pathway == pathway, CheckIn.step == step, asks == key)
        questionnaire = await asked_by(session, organisation.id, key, *which)
        counts = await counts_by_trait(session, questionnaire, *which)
        # They are all at the same stage of it.
        del counts[Trait.STAGE]
        shown = publish(counts, questionnaire.counted_questions, questionnaire.edition)
        figures.append(StepFigures(pathway, version, step, key, shown))
    return figures


def _theirs(organisation: Organisation, quarter: Period) -> tuple[ColumnElement[bool], ...]:
    """By the day for which a pathway wanted them, whatever held them since."""
    return (
        CheckIn.organisation_id == organisation.id,
        CheckIn.pathway.is_not(None),
        CheckIn.state != CheckInState.SUPERSEDED,
        CheckIn.planned_for >= quarter.begins,
        CheckIn.planned_for < quarter.ends,
        # Nothing is due before it was planned for; there is an index for this one.
        CheckIn.due_at >= quarter.begins,
    )
