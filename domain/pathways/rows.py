"""What is planned of a pathway for one person, as rows: check-ins, information, tasks."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from domain.check_ins.outcomes import book
from domain.pathways.planning import (
    OFF_PATHWAY,
    TOO_LATE,
    Change,
    Line,
    Row,
    Wanted,
    may_come_back,
)
from domain.pathways.values import Kind, Pathway, Step
from domain.questionnaires.shelf import newest
from storage.kinds import CheckInState
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.pathways import Information, Task

Table = TypeVar("Table", CheckIn, Information, Task)


async def rows_of(session: Session, returnee_id: UUID, organisation_id: UUID) -> list[Row]:
    """Of all pathways they were ever on here, and every version."""

    async def of(table: type[Table]) -> Sequence[Table]:
        found = await session.scalars(
            select(table)
            .where(
                table.returnee_id == returnee_id,
                table.organisation_id == organisation_id,
                table.pathway.is_not(None),
            )
            .execution_options(populate_existing=True)
        )
        return found.all()

    return [*await of(CheckIn), *await of(Information), *await of(Task)]


async def carry_out(
    session: Session,
    returnee_id: UUID,
    organisation_id: UUID,
    pathway: Pathway | None,
    lines: list[Line],
) -> None:
    """Makes the rows what the difference says."""
    before = await rows_of(session, returnee_id, organisation_id)
    for line in lines:
        match line.change:
            case Change.GONE:
                assert line.row is not None
                await _take_out(session, line.row, CheckInState.CANCELLED, OFF_PATHWAY)
            case Change.TOO_LATE if line.row is not None:
                await _take_out(session, line.row, CheckInState.SKIPPED, TOO_LATE)
            case Change.NEW | Change.MOVED | Change.SAME:
                assert pathway is not None
                assert line.wanted is not None
                row = await _still_good(session, line.row, pathway)
                row = row or _come_back(before, pathway, line.key)
                if row is None:
                    _give_way(before, pathway, line.key)
                    row = await _new(session, organisation_id, pathway, line.wanted.step)
                    row.returnee_id = returnee_id
                    _go_on_with(row, line.row)
                if line.change is not Change.SAME or row is not line.row:
                    _put_down(row, line.wanted)
                    session.add(row)
            case Change.TOO_LATE | Change.UNKNOWN | Change.HAPPENED:
                pass
    await session.flush()


async def _still_good(session: Session, row: Row | None, pathway: Pathway) -> Row | None:
    """What another version planned gives way to what this one plans."""
    if row is None or row.version == pathway.version:
        return row
    await _take_out(session, row, CheckInState.SUPERSEDED, None)
    return None


def _come_back(rows: list[Row], pathway: Pathway, step: str) -> Row | None:
    """What this version planned before and took out again."""
    for row in rows:
        if (row.pathway, row.version, row.step) == (pathway.key, pathway.version, step):
            return row if may_come_back(row) else None
    return None


def _give_way(rows: list[Row], pathway: Pathway, step: str) -> None:
    """What an older version planned and took out again has one that speaks for it now."""
    for row in rows:
        if (row.pathway, row.step) == (pathway.key, step) and may_come_back(row):
            assert not isinstance(row, Task)
            row.state, row.reason = CheckInState.SUPERSEDED, None


async def _new(session: Session, organisation_id: UUID, pathway: Pathway, step: Step) -> Row:
    origin = {
        "organisation_id": organisation_id,
        "pathway": pathway.key,
        "version": pathway.version,
        "step": step.key,
    }
    match step.kind:
        case Kind.CHECK_IN:
            asked = await newest(session, organisation_id, step.questionnaire)
            return CheckIn(questionnaire=asked.edition, **origin)
        case Kind.INFORMATION:
            return Information(**origin)
        case Kind.TASK:
            return Task(**origin)


def _go_on_with(row: Row, older: Row | None) -> None:
    """Whoever took a task has it in the new version too, and nobody is told of it twice."""
    if isinstance(row, Task) and isinstance(older, Task):
        row.staff_id, row.due_at = older.staff_id, older.due_at
        row.tell_again_at = older.tell_again_at


def _put_down(row: Row, wanted: Wanted) -> None:
    assert wanted.due_at is not None
    if isinstance(row, Task) and row.due_at != wanted.due_at:
        row.tell_again_at = None
    row.due_at = wanted.due_at
    if isinstance(row, CheckIn):
        row.put_off_at = None
    if not isinstance(row, Task):
        row.planned_for, row.expires_at = wanted.due_at, wanted.expires_at
        row.state, row.reason = CheckInState.PLANNED, None


async def _take_out(session: Session, row: Row, state: CheckInState, reason: str | None) -> None:
    """A check-in keeps its row, and with it what became of it; the others were only a plan."""
    if isinstance(row, CheckIn):
        book(row, state, reason, session.now)
    else:
        await session.delete(row)
