"""The sheet of a year, as it is handed to those who pay for the work."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from domain.actors import Actor, Right
from domain.errors import Refused
from domain.figures.periods import OVER
from domain.figures.year.counting import organisation_day, year_of
from domain.figures.year.values import Part, Year
from domain.retention_periods import Kind, days
from storage.sessions import Session
from storage.tables.figures import YearFigures
from storage.tables.organisations import Organisation


@dataclass(frozen=True, slots=True)
class YearSheet:
    organisation: str
    year: int
    found: Year
    #: None while it is not over, and only some of it is shown.
    counted_at: datetime | None
    #: The day on which it is counted.
    counts_on: date
    #: The years of which there is a sheet, the newest first.
    years: tuple[int, ...]
    #: For how many days check-ins are kept: what was gone by the count is not in it.
    kept_for: int


async def read_year(session: Session, actor: Actor, year: int | None) -> YearSheet:
    """The year that is on, if none is named. Raises NotAllowed, and Refused where there is none.

    Needs the service's scope: it is of everybody, whomever this colleague may see.
    """
    actor.ensure_may(Right.SEE_FIGURES)
    organisation = await session.get_one(Organisation, actor.organisation_id)
    first, last = (
        organisation_day(organisation, moment).year
        for moment in (organisation.created_at, session.now)
    )
    year = last if year is None else year
    if not first <= year <= last:
        raise Refused("There are no figures of that year.")
    kept = await session.get(YearFigures, (organisation.id, year))
    return YearSheet(
        organisation=organisation.name,
        year=year,
        found=Year.kept(kept.figures) if kept else await _so_far(session, organisation.id, year),
        counted_at=kept.counted_at if kept else None,
        counts_on=date(year + 1, 1, 1) + OVER,
        years=tuple(range(last, first - 1, -1)),
        kept_for=days(organisation.settings, Kind.CHECK_INS),
    )


async def _so_far(session: Session, organisation_id: UUID, year: int) -> Year:
    """Nothing of what anybody answered, of groups, or of complaints: looked at twice, these would
    show what came between.
    """
    organisation = await session.get_one(Organisation, organisation_id)
    found = await year_of(session, organisation, year)
    whole = replace(found.answers.whole, questions={})
    answers = replace(found.answers, whole=whole, groups={})
    return replace(found, answers=answers, complaints=Part(0, ()))
