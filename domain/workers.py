"""Whoever works on cases in an organisation, as a condition of queries."""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import QueryableAttribute

from domain.actors import Right, roles_with
from storage.tables.safeguarding import Conflict, clear_of
from storage.tables.staff import Staff, works_for

_WORKING: Final = roles_with(Right.WORK_ON_CASES)


def works_on_cases(
    organisation_id: UUID | QueryableAttribute[UUID] | QueryableAttribute[UUID | None],
) -> tuple[ColumnElement[bool], ...]:
    """Within a query of staff. They are those who can be on duty."""
    return works_for(organisation_id), Staff.role.in_(_WORKING)


def has_workers(
    organisation_id: UUID | QueryableAttribute[UUID] | QueryableAttribute[UUID | None],
    for_person: UUID | QueryableAttribute[UUID] | None = None,
) -> ColumnElement[bool]:
    """Within a query: whether anybody is left there whom a case calls, and who may know of that
    person. Needs the service's scope.
    """
    workers = select(Staff.id).where(*works_on_cases(organisation_id))
    if for_person is not None:
        workers = workers.where(clear_of(for_person))
    return workers.correlate_except(Staff, Conflict).exists()
