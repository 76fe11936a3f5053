"""What pathways ask of the staff, by when, and whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select, tuple_

from domain import audit
from domain.actors import Actor, Right
from domain.calendar import instant, local_day, zone
from domain.errors import ChangedMeanwhile, Refused
from domain.paging import COUNTED, MOST, Count, Page
from domain.pathways import shelf
from domain.questionnaires.values import Words
from domain.returnees.person import lock_person, seen_by_role
from domain.staff.accounts import ensure_works_here
from domain.staff.team import names_of_all
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.pathways import OnPathway, Task
from storage.tables.privacy import gone_for_the_team
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee
from storage.tables.safeguarding import seen_by

#: What is due later than that is nothing to think of yet.
AHEAD = timedelta(days=30)
_MOST_MEASURED = 10_000
#: Within a query of tasks: those that wait to be done; of whoever's pathway rests, none.
OPEN = and_(Task.done_at.is_(None), OnPathway.paused_at.is_(None))


@dataclass(frozen=True, slots=True)
class TaskLine:
    id: UUID
    returnee_id: UUID
    pseudonym: str
    text: Words
    due_at: datetime
    done_at: datetime | None
    overdue: bool
    #: By name, who took it; "" where nobody has.
    whose: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Due:
    overdue: Count
    #: Later today, on the organisation's calendar.
    today: Count


async def open_tasks(session: Session, actor: Actor, after: UUID | None = None) -> Page[TaskLine]:
    """What is to be done within a month, and what is overdue, the oldest first; of those whose
    pathway rests, nothing. A page begins after the task `after`; where that is gone, as with its
    pathway, it is the first again. Raises NotAllowed.
    """
    actor.ensure_may(Right.SEE_PEOPLE)
    conditions = [OPEN, Task.due_at <= session.now + AHEAD]
    if after is not None:
        last = await session.execute(select(Task.due_at, Task.id).where(Task.id == after))
        conditions += [tuple_(Task.due_at, Task.id) > tuple_(*row) for row in last]
    lines = await _lines(session, actor, *conditions, most=MOST + 1)
    return Page.of(lines)


async def due_now(session: Session, actor: Actor) -> Due:
    """How many are the actor's to think of: those that they took, and those that nobody did. Raises
    NotAllowed.
    """
    actor.ensure_may(Right.SEE_PEOPLE)
    organisation = await session.get_one(Organisation, actor.organisation_id)
    tomorrow = local_day(session.now, organisation.time_zone) + timedelta(days=1)
    until = instant(datetime.combine(tomorrow, time()), zone(organisation.time_zone))
    theirs = tasks(Task.id).where(
        *_seen_by(actor), OPEN, or_(Task.staff_id.is_(None), Task.staff_id == actor.staff_id)
    )
    overdue = theirs.where(Task.due_at < session.now)
    today = theirs.where(Task.due_at >= session.now, Task.due_at < until)
    found = await session.execute(select(_count(overdue, COUNTED), _count(today, COUNTED)))
    return Due(*map(Count, found.one()))


def count_overdue(now: datetime) -> Select[Any]:
    """How many there are everywhere, up to a number that calls for somebody as much as any more."""
    gone = gone_for_the_team(Task.organisation_id, Task.returnee_id)
    return select(_count(tasks(Task.id).where(OPEN, Task.due_at < now, ~gone), _MOST_MEASURED))


async def done_lately(session: Session, actor: Actor) -> Sequence[TaskLine]:
    """Of the last week, the newest first, to be taken back where it was a slip."""
    actor.ensure_may(Right.SEE_PEOPLE)
    lately = Task.done_at > session.now - timedelta(days=7)
    newest = (Task.done_at.desc(), Task.id)
    return await _lines(session, actor, lately, most=MOST, order=newest)


async def mark(session: Session, actor: Actor, task_id: UUID, *, done: bool) -> None:
    """Done, or not done after all and anybody's: whoever took it may have left since. Who said so
    is on record. Raises NotAllowed and Refused.
    """
    task = await _locked(session, actor, task_id)
    if (task.done_at is not None) is done:
        return
    if not done:
        task.staff_id, task.tell_again_at = None, session.now
    task.done_at = session.now if done else None
    task.done_by = actor.staff_id if done else None
    audit.done_by(session, actor, "task.done" if done else "task.reopened", task.id)


async def take(session: Session, actor: Actor, task_id: UUID) -> None:
    """It is theirs, until they give it back, leave, or must not know of the person. Raises
    NotAllowed, and Refused for one that a colleague took or did.
    """
    await ensure_works_here(session, actor)
    task = await _locked(session, actor, task_id)
    if task.staff_id == actor.staff_id:
        return
    if task.staff_id is not None or task.done_at is not None:
        raise ChangedMeanwhile
    task.staff_id = actor.staff_id
    audit.done_by(session, actor, "task.taken", task.id)


async def give_back(session: Session, actor: Actor, task_id: UUID) -> None:
    """It is anybody's again, and told of anew. Supervisors may do it for whoever is not there.
    Raises NotAllowed and Refused.
    """
    task = await _locked(session, actor, task_id)
    if task.staff_id is None:
        return
    if task.staff_id != actor.staff_id:
        actor.ensure_may(Right.SUPERVISE)
    task.staff_id, task.tell_again_at = None, session.now
    audit.done_by(session, actor, "task.given-back", task.id)


def tasks(*columns: Any) -> Select[Any]:
    """Of people whom the organisation accompanies whose tasks they are."""
    enrolled = and_(
        Enrolment.returnee_id == Task.returnee_id,
        Enrolment.organisation_id == Task.organisation_id,
        STILL_ENROLLED,
    )
    on_it = and_(
        OnPathway.returnee_id == Task.returnee_id,
        OnPathway.organisation_id == Task.organisation_id,
    )
    return (
        select(*columns)
        .select_from(Task)
        .join(Returnee, Returnee.id == Task.returnee_id)
        .join(Enrolment, enrolled)
        .outerjoin(OnPathway, on_it)
    )


def _seen_by(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Task.organisation_id == actor.organisation_id,
        seen_by_role(actor, Task.returnee_id),
        seen_by(actor.staff_id, Task.returnee_id),
    )


def _count(found: Select[Any], most: int) -> ScalarSelect[int]:
    return select(func.count()).select_from(found.limit(at_most(most)).subquery()).scalar_subquery()


async def _locked(session: Session, actor: Actor, task_id: UUID) -> Task:
    """With its person, so that nobody is kept from them meanwhile. Raises NotAllowed, and Refused
    for one of somebody whom the actor must not see, as for one that is not there (P10).
    """
    actor.ensure_may(Right.SEE_PEOPLE)
    returnee_id = await session.scalar(select(Task.returnee_id).where(Task.id == task_id))
    if returnee_id is not None:
        await lock_person(session, returnee_id)
    task: Task | None = await session.scalar(
        tasks(Task)
        .where(Task.id == task_id, *_seen_by(actor))
        .with_for_update(of=Task)
        .execution_options(populate_existing=True)
    )
    if task is None:
        raise Refused("There is no such task.")
    return task


async def _lines(
    session: Session,
    actor: Actor,
    *conditions: ColumnElement[bool],
    most: int,
    order: Sequence[Any] = (Task.due_at, Task.id),
) -> list[TaskLine]:
    found = await session.execute(
        tasks(Task, Enrolment.pseudonym)
        .where(*_seen_by(actor), *conditions)
        .order_by(*order)
        .limit(at_most(most))
    )
    rows = found.all()
    texts = await _texts(session, actor.organisation_id, [task for task, _ in rows])
    names = await names_of_all(session, actor.organisation_id)
    return [
        TaskLine(
            id=task.id,
            returnee_id=task.returnee_id,
            pseudonym=pseudonym,
            text=texts[task.pathway, task.version, task.step],
            due_at=task.due_at,
            done_at=task.done_at,
            overdue=task.done_at is None and task.due_at < session.now,
            whose=names.get(task.staff_id, ""),
            mine=task.staff_id == actor.staff_id,
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
