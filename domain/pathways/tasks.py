"""What pathways ask of the staff, and by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, tuple_

from domain import audit
from domain.actors import Actor, Right
from domain.errors import Refused
from domain.paging import MOST, Page
from domain.pathways import shelf
from domain.questionnaires.values import Words
from domain.returnees.person import seen_by_role
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.pathways import OnPathway, Task
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee
from storage.tables.safeguarding import seen_by

#: What is due later than that is nothing to think of yet.
AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TaskLine:
    id: UUID
    returnee_id: UUID
    pseudonym: str
    text: Words
    due_at: datetime
    done_at: datetime | None
    overdue: bool


async def open_tasks(session: Session, actor: Actor, after: UUID | None = None) -> Page[TaskLine]:
    """What is to be done within a month, and what is overdue, the oldest first; of those whose
    pathway rests, nothing. A page begins after the task `after`; where that is gone, as with its
    pathway, it is the first again. Raises NotAllowed.
    """
    actor.ensure_may(Right.SEE_PEOPLE)
    conditions = [
        Task.done_at.is_(None),
        Task.due_at <= session.now + AHEAD,
        OnPathway.paused_at.is_(None),
    ]
    if after is not None:
        last = await session.execute(select(Task.due_at, Task.id).where(Task.id == after))
        conditions += [tuple_(Task.due_at, Task.id) > tuple_(*row) for row in last]
    lines = await _lines(session, actor, *conditions, most=MOST + 1)
    return Page.of(lines)


async def done_lately(session: Session, actor: Actor) -> Sequence[TaskLine]:
    """Of the last week, the newest first, to be taken back where it was a slip."""
    actor.ensure_may(Right.SEE_PEOPLE)
    lately = Task.done_at > session.now - timedelta(days=7)
    newest = (Task.done_at.desc(), Task.id)
    return await _lines(session, actor, lately, most=MOST, order=newest)


async def mark(session: Session, actor: Actor, task_id: UUID, *, done: bool) -> None:
    """Done, or not done after all; who said so is on record. Raises NotAllowed and Refused."""
    actor.ensure_may(Right.SEE_PEOPLE)
    lines = await _lines(session, actor, Task.id == task_id, most=1)
    if not lines:
        raise Refused("There is no such task.")
    task = await session.get_one(Task, task_id, with_for_update=True, populate_existing=True)
    if (task.done_at is not None) is done:
        return
    task.done_at = session.now if done else None
    task.done_by = actor.staff_id if done else None
    audit.done_by(session, actor, "task.done" if done else "task.reopened", task.id)


async def _lines(
    session: Session,
    actor: Actor,
    *conditions: ColumnElement[bool],
    most: int,
    order: Sequence[Any] = (Task.due_at, Task.id),
) -> list[TaskLine]:
    on_it = and_(
        OnPathway.returnee_id == Task.returnee_id,
        OnPathway.organisation_id == Task.organisation_id,
    )
    found = await session.execute(
        select(Task, Enrolment.pseudonym)
        .join(Returnee, Returnee.id == Task.returnee_id)
        .join(Enrolment, Enrolment.returnee_id == Task.returnee_id)
        .outerjoin(OnPathway, on_it)
        .where(
            Task.organisation_id == actor.organisation_id,
            Enrolment.organisation_id == actor.organisation_id,
            STILL_ENROLLED,
            seen_by_role(actor, Task.returnee_id),
            seen_by(actor.staff_id, Task.returnee_id),
            *conditions,
        )
        .order_by(*order)
        .limit(at_most(most))
    )
    rows = found.all()
    texts = await _texts(session, actor.organisation_id, [task for task, _ in rows])
    return [
        TaskLine(
            task.id,
            task.returnee_id,
            pseudonym,
            texts[task.pathway, task.version, task.step],
            task.due_at,
            task.done_at,
            task.done_at is None and task.due_at < session.now,
        )
        for task, pseudonym in rows
    ]


async def _texts(
    session: Session, organisation_id: UUID, tasks: Sequence[Task]
) -> dict[tuple[str, int, str], Words]:
    texts: dict[tuple[str, int, str], Words] = {}
    for key, version in {(task.pathway, task.version) for task in tasks}:
        pathway = await shelf.edition(session, organisation_id, f"{key}@{version}")
        for _, step in pathway.steps:
            texts[key, version, step.key] = step.text or Words(step.key)
    return texts
