"""A supervisor was asked about a case. Until they answer, or should have, the clock of its claim
stands still; a question never replaces it (P2).
"""

from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from domain.actors import Right, roles_with
from domain.cases.states import rests_on_advice
from storage.kinds import TaskKind
from storage.sessions import Session
from storage.tables.cases import Case, CaseTask
from storage.tables.staff import Staff

#: Whose advice it is.
ADVISERS: Final = roles_with(Right.SUPERVISE)


async def answer_owed_by(session: Session, case: Case) -> datetime | None:
    """Until when the case rests on what supervisors were asked; None where nobody owes an answer
    that it would rest on.
    """
    if not rests_on_advice(case):
        return None
    return await session.scalar(
        select(func.max(CaseTask.due_at))
        .join(Staff, Staff.id == CaseTask.staff_id)
        .where(
            CaseTask.case_id == case.id,
            CaseTask.kind == TaskKind.CONSULT,
            CaseTask.done_at.is_(None),
            Staff.role.in_(ADVISERS),
        )
    )
