"""How the service does, as those see it who answer for it: groups, and no league of persons."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.actors import Actor, Right
from domain.calendar import zone
from domain.figures.endings import Endings, endings_of
from domain.figures.first_actions import FirstActions
from domain.figures.joining import joined
from domain.figures.load import Load, load_of
from domain.figures.periods import Period, Step, periods
from domain.figures.suppression import SMALLEST
from domain.figures.waits import Waited, waits_of
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.organisations import Organisation


@dataclass(frozen=True, slots=True)
class Course:
    """Of one severity."""

    severity: Severity
    #: All periods together.
    whole: FirstActions
    #: Neighbours with too few are one sum; empty where all together are too few.
    over_time: Sequence[tuple[Period, FirstActions]]


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    step: Step
    #: All of the time that is counted.
    whole: Period
    #: The gravest first, those that can be waited for.
    courses: Sequence[Course]
    load: Sequence[Load]
    endings: Endings


async def read_figures(session: Session, actor: Actor, step: Step) -> ServiceFigures:
    """Of whole weeks or months that are over. Needs the service's scope. Raises NotAllowed."""
    actor.ensure_may(Right.SEE_FIGURES)
    organisation = await session.get_one(Organisation, actor.organisation_id)
    each = periods(step, session.now, zone(organisation.time_zone))
    whole = each[0].until(each[-1])
    waits = await waits_of(session, organisation.id, whole.begins, whole.ends)
    return ServiceFigures(
        step=step,
        whole=whole,
        courses=[
            _course(severity, waits.get(severity, []), each)
            for severity in sorted(Severity, key=lambda severity: -severity.rank)
            if severity is not Severity.NONE
        ],
        load=await load_of(session, organisation.id, each),
        endings=await endings_of(session, organisation.id, whole.begins, whole.ends),
    )


def _course(severity: Severity, waits: Sequence[Waited], each: Sequence[Period]) -> Course:
    parts = [
        [wait for wait in waits if period.begins <= wait.began_at < period.ends] for period in each
    ]
    return Course(
        severity,
        FirstActions.of(waits),
        [
            (
                each[sum_.start].until(each[sum_.stop - 1]),
                FirstActions.of([wait for number in sum_ for wait in parts[number]]),
            )
            for sum_ in joined([len(part) for part in parts], SMALLEST)
        ],
    )
