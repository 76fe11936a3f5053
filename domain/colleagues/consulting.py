"""A colleague is asked about a case. Asking a supervisor stops its claim for a while (P2)."""

from uuid import UUID

from sqlalchemy import select

from domain.actors import Actor
from domain.alerts.telling import call_back
from domain.cases import states
from domain.cases.advice import ADVISERS, answer_owed_by
from domain.cases.clock import wind
from domain.cases.deadlines import PACES
from domain.cases.events import happened
from domain.cases.finding import find_case, own_case
from domain.cases.notes import sealed_note
from domain.casework.tasks import owe
from domain.channels.reaching import reach_staff
from domain.errors import Refused
from domain.idempotency import came_before, id_of
from domain.notices import Notice
from domain.workers import works_on_cases
from storage.kinds import CaseEventKind, TaskKind
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent, CaseTask
from storage.tables.safeguarding import clear_of
from storage.tables.staff import Staff

#: The codes in a case's history, beside the question and its answer.
ASKED, ASKED_SUPERVISOR, ANSWERED = "consult.asked", "consult.supervisor", "consult.answered"


async def consult(
    session: Session, actor: Actor, case_id: UUID, staff_id: UUID, question: str, once: str = ""
) -> None:
    """They are told that they are asked, by the case's code alone (P8); the answer is a note.

    Needs the service's scope. Raises NotAllowed or Refused.
    """
    case = await own_case(session, actor, case_id)
    if not question.strip():
        raise Refused("Write what you want to know.")
    colleague = await colleague_for(session, actor, case, staff_id)
    advises = colleague.role in ADVISERS
    line_id = id_of(case.id, actor, once, ASKED, str(staff_id), question.strip())
    if await came_before(session, CaseEvent, line_id) is not None:
        return
    await _note(session, actor, case, question, ASKED_SUPERVISOR if advises else ASKED, line_id)
    due_at = session.now + PACES[case.severity].claim
    await owe(
        session,
        case,
        TaskKind.CONSULT,
        by=staff_id,
        due_at=due_at,
        asked_by=actor.staff_id,
        words=question,
    )
    if advises:
        states.consulted(case)
        await wind(session, case)
    facts = {"code": case.code, "severity": case.severity}
    await reach_staff(session, case.organisation_id, [colleague], Notice.STAFF_ASKED, facts)


async def answer(
    session: Session, actor: Actor, case_id: UUID, task_id: UUID, words: str, once: str = ""
) -> None:
    """For all who work on the case to read; where it rested on that, whoever has it acts now.

    Needs the service's scope. Raises NotAllowed or Refused.
    """
    case = await find_case(session, actor, case_id, lock=True)
    task = await session.get(CaseTask, task_id, with_for_update=True, populate_existing=True)
    asked = task is not None and task.case_id == case.id and task.staff_id == actor.staff_id
    if task is None or not asked or task.kind is not TaskKind.CONSULT:
        raise Refused("Nobody asked you this.")
    if not words.strip():
        raise Refused("A note needs words.")
    line_id = id_of(case.id, actor, once, ANSWERED, str(task_id), words.strip())
    if await came_before(session, CaseEvent, line_id) is not None:
        return
    await _note(session, actor, case, words, ANSWERED, line_id)
    task.done_at = task.done_at or session.now
    task.done_by = actor.staff_id
    if states.rests_on_advice(case) and await answer_owed_by(session, case) is None:
        await call_back(session, case, session.now + PACES[case.severity].claim)


async def colleague_for(session: Session, actor: Actor, case: Case, staff_id: UUID) -> Staff:
    """Somebody else who may know of the person, whose access does not end before they are asked.
    Needs the service's scope. Raises Refused.
    """
    colleague = await session.scalar(
        select(Staff)
        .where(
            Staff.id == staff_id,
            Staff.id != actor.staff_id,
            *works_on_cases(actor.organisation_id),
            clear_of(case.returnee_id),
        )
        .with_for_update(read=True, key_share=True)
    )
    if colleague is None:
        raise Refused("Choose somebody else of your team who works on cases.")
    return colleague


async def _note(
    session: Session, actor: Actor, case: Case, words: str, code: str, line_id: UUID
) -> None:
    happened(
        session,
        case,
        CaseEventKind.NOTE,
        staff_id=actor.staff_id,
        reasons=[code],
        body=await sealed_note(session, case, words),
        line_id=line_id,
    )
