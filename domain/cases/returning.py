"""Cases go back to the queue: nobody who waits waits for somebody who is not there."""

from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from domain.cases import states
from domain.cases.clock import wind
from domain.cases.events import happened
from domain.cases.owing import owe_anew
from storage.kinds import CaseEventKind, TaskKind
from storage.sessions import Session
from storage.tables.cases import AT_WORK, Case, CaseTask
from storage.tables.pathways import Task


async def put_back(
    session: Session,
    case: Case,
    kind: CaseEventKind = CaseEventKind.RETURNED,
    *,
    staff_id: UUID | None = None,
) -> None:
    """Of one that is locked: alerts begin again."""
    await go_back(session, case)
    happened(session, case, kind, staff_id=staff_id)
    await wind(session, case)


async def go_back(session: Session, case: Case, *, widened: bool = False) -> None:
    """Nobody's any more. Who said something that whoever had it left unanswered waits anew."""
    states.back_to_queue(case, widened=widened)
    await owe_anew(session, case)


async def put_back_all(session: Session, staff_id: UUID) -> int:
    """Whatever they have, when they leave the team, answered or not; what they owe is
    nobody's then, and questions to them end. Returns how many cases. Needs the service's scope.
    """
    found = await session.scalars(
        select(Case)
        .where(Case.claimed_by == staff_id, Case.state.in_(AT_WORK))
        .order_by(Case.id)
        .with_for_update()
    )
    cases = found.all()
    for case in cases:
        await put_back(session, case)
    await leave_owed(session, staff_id)
    return len(cases)


async def leave_owed(session: Session, staff_id: UUID, *, about: UUID | None = None) -> None:
    """Tasks that somebody can't do any more, all or those about one person, are nobody's: of cases
    supervisors see them, of pathways everybody does and is told anew. Questions to them end.
    """

    def theirs(table: type[CaseTask | Task]) -> tuple[ColumnElement[bool], ...]:
        open_ones = table.staff_id == staff_id, table.done_at.is_(None)
        return open_ones if about is None else (*open_ones, table.returnee_id == about)

    owed = update(CaseTask).where(CaseTask.kind == TaskKind.TASK, *theirs(CaseTask))
    await session.execute(owed.values(staff_id=None))
    taken = update(Task).where(*theirs(Task))
    await session.execute(taken.values(staff_id=None, tell_again_at=session.now))
    await end_questions(session, *theirs(CaseTask))


async def end_questions(session: Session, *of: ColumnElement[bool]) -> None:
    """Nobody answers these any more, so no case rests on them."""
    unanswered = (
        CaseTask.kind == TaskKind.CONSULT,
        CaseTask.done_at.is_(None),
        *of,
    )
    found = await session.scalars(
        select(Case)
        .where(Case.id.in_(select(CaseTask.case_id).where(*unanswered)))
        .order_by(Case.id)
        .with_for_update()
    )
    cases = found.all()
    await session.execute(update(CaseTask).where(*unanswered).values(done_at=session.now))
    for case in cases:
        if states.rests_on_advice(case):
            await wind(session, case)
