"""The stage of their pathway that people have come to, as a column."""

from sqlalchemy import ColumnElement, func, select

from storage.tables.check_ins import CheckIn
from storage.tables.pathways import OnPathway
from storage.tables.returnees import Enrolment


def stage_of(theirs: type[Enrolment] | type[CheckIn]) -> ColumnElement[str | None]:
    """As it is now, and as a group names it."""
    return (
        select(func.split_part(OnPathway.pathway, "@", 1) + "/" + OnPathway.stage)
        .where(
            OnPathway.returnee_id == theirs.returnee_id,
            OnPathway.organisation_id == theirs.organisation_id,
        )
        .correlate(theirs)
        .scalar_subquery()
    )
