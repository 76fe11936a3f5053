"""What somebody of the team owes in a case: a task, an answer to a colleague, a debrief."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, select, union_all

from domain.actors import Actor, Right
from domain.calendar import instant, zone
from domain.cases.deadlines import DAY_ENDS
from domain.cases.events import audited
from domain.cases.finding import find_case, of_somebody_leaving, unresolved_case
from domain.duty.team import ensure_can_be_on_duty, who_can_be_on_duty
from domain.errors import ChangedMeanwhile, Refused
from domain.idempotency import came_before, id_of
from domain.returnees.keys import data_key
from domain.staff import name_of
from domain.staff.team import names_of_all
from storage.batches import at_most
from storage.keys.keyring import SealError
from storage.kinds import Role, Severity, TaskKind
from storage.sessions import Session
from storage.tables.cases import Case, CaseTask
from storage.tables.organisations import Organisation
from storage.tables.safeguarding import seen_by

_CONTEXT = "case task"
_MOST = 50
_FARTHEST = timedelta(days=366)
#: After an emergency, while it is still fresh and some sleep lies between.
_DEBRIEF_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Owed:
    id: UUID
    case_id: UUID
    code: str
    kind: TaskKind
    due_at: datetime
    #: Whose it is, by name.
    whose: str
    mine: bool
    #: None where there is nothing to read, or it is not the reader's to read.
    words: str | None
    done_at: datetime | None
    #: The name of whoever ended it.
    done_by: str | None


@dataclass(frozen=True, slots=True)
class Colleague:
    id: UUID
    name: str
    role: Role


async def colleagues_of(session: Session, actor: Actor) -> list[Colleague]:
    """Who works on cases here, the actor too."""
    found = await who_can_be_on_duty(session, actor.organisation_id)
    return [Colleague(each.id, name_of(session, each), each.role) for each in found]


async def add_task(
    session: Session,
    actor: Actor,
    case_id: UUID,
    words: str,
    day: date,
    staff_id: UUID,
    once: str = "",
) -> None:
    """Until the end of that working day at the organisation. Raises NotAllowed or Refused."""
    case = await unresolved_case(session, actor, case_id)
    if not words.strip():
        raise Refused("A task needs words.")
    await ensure_can_be_on_duty(session, actor, staff_id, for_person=case.returnee_id)
    organisation = await session.get_one(Organisation, case.organisation_id)
    due_at = instant(datetime.combine(day, DAY_ENDS), zone(organisation.time_zone))
    if not session.now < due_at < session.now + _FARTHEST:
        raise Refused("Choose a day that is still to come, within a year.")
    said = words.strip(), day.isoformat(), str(staff_id)
    task_id = id_of(case.id, actor, once, TaskKind.TASK, *said)
    if await came_before(session, CaseTask, task_id) is None:
        await owe(
            session,
            case,
            TaskKind.TASK,
            by=staff_id,
            due_at=due_at,
            asked_by=actor.staff_id,
            words=words,
            task_id=task_id,
        )


async def owe(
    session: Session,
    case: Case,
    kind: TaskKind,
    *,
    by: UUID,
    due_at: datetime,
    asked_by: UUID | None = None,
    words: str = "",
    task_id: UUID | None = None,
) -> None:
    """Writes it down, without asking whether it may be; `asked_by` is None where nobody did."""
    session.add(
        CaseTask(
            id=task_id or uuid4(),
            case_id=case.id,
            organisation_id=case.organisation_id,
            returnee_id=case.returnee_id,
            kind=kind,
            staff_id=by,
            asked_by=asked_by,
            asked_at=session.now,
            due_at=due_at,
            body=await _sealed(session, case.returnee_id, words),
        )
    )
    audited(session, case, asked_by, f"{kind}-owed")


async def owe_debrief(session: Session, case: Case) -> None:
    """Of an emergency, by whoever has it and now lets go of it, whoever that goes to; once, also
    where it comes back to them before they have said how it was.
    """
    if case.severity is not Severity.EMERGENCY or case.claimed_by is None:
        return
    owed = await session.scalar(
        select(CaseTask.id)
        .where(
            CaseTask.case_id == case.id,
            CaseTask.kind == TaskKind.DEBRIEF,
            CaseTask.staff_id == case.claimed_by,
            CaseTask.done_at.is_(None),
        )
        .limit(at_most(1))
    )
    if owed is None:
        due_at = session.now + _DEBRIEF_WITHIN
        await owe(session, case, TaskKind.DEBRIEF, by=case.claimed_by, due_at=due_at)


async def finish(
    session: Session, actor: Actor, case_id: UUID, task_id: UUID, words: str = ""
) -> None:
    """Done once; a second time changes nothing. A debrief keeps what was written, be it after a
    supervisor has ended it; what a colleague is asked is answered
    (domain/colleagues/consulting.py), or ends with the case.

    Raises NotAllowed, and Refused for what is not theirs to end.
    """
    case = await find_case(session, actor, case_id)
    task = await session.get(CaseTask, task_id, with_for_update=True, populate_existing=True)
    if task is None or task.case_id != case.id or task.kind is TaskKind.CONSULT:
        raise Refused("There is no such task.")
    if task.done_at is not None:
        if task.kind is TaskKind.DEBRIEF and task.staff_id == actor.staff_id:
            await _debrief_late(session, actor, case, task, words)
        return
    if task.kind is TaskKind.DEBRIEF:
        await _debrief(session, actor, task, words)
    task.done_at, task.done_by = session.now, actor.staff_id
    audited(session, case, actor.staff_id, f"{task.kind}-done")


async def tasks_of(session: Session, actor: Actor, case: Case) -> list[Owed]:
    """Of one case, what is open first."""
    found = _owed().where(CaseTask.case_id == case.id)
    order = (CaseTask.done_at.is_not(None), CaseTask.due_at)
    return await _read(session, actor, found.order_by(*order))


async def owed_by(session: Session, actor: Actor) -> list[Owed]:
    """What the actor owes, without its words; for supervisors also the debriefs that others owe,
    and what is left of those who left. Raises NotAllowed.
    """
    actor.ensure_may(Right.WORK_ON_CASES)
    whose: list[ColumnElement[bool]] = [CaseTask.staff_id == actor.staff_id]
    if actor.may(Right.SUPERVISE):
        whose += [CaseTask.kind == TaskKind.DEBRIEF, CaseTask.staff_id.is_(None)]
    # Each by an index of its own, which knows the soonest; of all together nobody would.
    soonest = union_all(*(_soonest(actor, each) for each in whose))
    found = _owed().where(CaseTask.id.in_(soonest))
    # However many others owe theirs, nothing of one's own is left out for it.
    mine_first = CaseTask.staff_id.is_not_distinct_from(actor.staff_id).desc()
    shown = found.order_by(mine_first, CaseTask.due_at).limit(at_most(_MOST))
    owed = await _read(session, actor, shown, with_words=False)
    return sorted(owed, key=lambda owed: owed.due_at)


async def ensure_nothing_is_left(session: Session, case: Case) -> None:
    """A case is closed with its tasks done. Raises Refused."""
    if await is_something_left(session, case):
        raise Refused("There are tasks in this case that nobody has done yet.")


async def is_something_left(session: Session, case: Case) -> bool:
    """Whether there are tasks that nobody has done; a debrief comes after the case."""
    left = await session.scalar(
        select(CaseTask.id)
        .where(
            CaseTask.case_id == case.id,
            CaseTask.kind == TaskKind.TASK,
            CaseTask.done_at.is_(None),
        )
        .limit(at_most(1))
    )
    return left is not None


async def _debrief(session: Session, actor: Actor, task: CaseTask, words: str) -> None:
    if task.staff_id == actor.staff_id:
        if not words.strip():
            raise Refused("Write a few words, or talk with your supervisor, who can end this.")
        task.body = await _sealed(session, task.returnee_id, words)
    elif not actor.may(Right.SUPERVISE):
        raise Refused("This is for whoever had the case, and for supervisors.")


async def _debrief_late(
    session: Session, actor: Actor, case: Case, task: CaseTask, words: str
) -> None:
    """They were still writing when somebody ended it. Raises Refused for other words than those
    that they wrote before.
    """
    if task.body is None and words.strip():
        task.body = await _sealed(session, task.returnee_id, words)
        audited(session, case, actor.staff_id, f"{task.kind}-done")
    elif words.strip() not in ("", await _words(session, actor, task)):
        raise ChangedMeanwhile


async def _sealed(session: Session, returnee_id: UUID, words: str) -> bytes | None:
    if not words.strip():
        return None
    return (await data_key(session, returnee_id)).seal(words.strip(), _CONTEXT)


def _soonest(actor: Actor, whose: ColumnElement[bool]) -> Select[UUID]:
    return (
        select(CaseTask.id)
        .where(
            CaseTask.organisation_id == actor.organisation_id,
            CaseTask.done_at.is_(None),
            seen_by(actor.staff_id, CaseTask.returnee_id),
            ~of_somebody_leaving(CaseTask.organisation_id, CaseTask.returnee_id),
            whose,
        )
        .order_by(CaseTask.due_at)
        .limit(at_most(_MOST))
    )


def _owed() -> Select[CaseTask, str]:
    return select(CaseTask, Case.code).join(Case, Case.id == CaseTask.case_id)


async def _read(
    session: Session, actor: Actor, found: Select[CaseTask, str], *, with_words: bool = True
) -> list[Owed]:
    names = await names_of_all(session, actor.organisation_id)
    return [
        Owed(
            id=task.id,
            case_id=task.case_id,
            code=code,
            kind=task.kind,
            due_at=task.due_at,
            whose=names.get(task.staff_id, ""),
            mine=task.staff_id == actor.staff_id,
            words=await _words(session, actor, task) if with_words else None,
            done_at=task.done_at,
            done_by=names.get(task.done_by),
        )
        for task, code in (await session.execute(found)).all()
    ]


async def _words(session: Session, actor: Actor, task: CaseTask) -> str | None:
    """A debrief is for whoever wrote it, and for supervisors."""
    theirs = task.staff_id == actor.staff_id or actor.may(Right.SUPERVISE)
    if task.body is None or (task.kind is TaskKind.DEBRIEF and not theirs):
        return None
    try:
        return (await data_key(session, task.returnee_id)).open(task.body, _CONTEXT)
    except SealError:
        # It is owed all the same, and so is all else on the same page.
        return None
