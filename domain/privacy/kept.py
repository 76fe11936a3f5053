"""How much is kept of somebody, of each kind."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from domain.retention_periods import Kind, days
from storage.kinds import CaseEventKind
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.check_ins import Answer
from storage.tables.organisations import Organisation
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee


@dataclass(frozen=True, slots=True)
class Kept:
    """How much there is, and who has it. No words."""

    #: The organisations that accompany the person, by name.
    organisations: Sequence[str]
    messages: int
    cases: int
    notes: int
    answers: int
    #: The longest that any of these organisations keeps a kind.
    days: dict[Kind, int]


async def kept_of(session: Session, returnee: Returnee) -> Kept:
    """Needs the service's scope."""
    theirs = (
        await session.scalars(
            select(Organisation)
            .join(Enrolment, Enrolment.organisation_id == Organisation.id)
            .where(Enrolment.returnee_id == returnee.id, STILL_ENROLLED)
            .order_by(Organisation.name)
        )
    ).all()
    notes = (
        select(func.count())
        .select_from(CaseEvent)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(Case.returnee_id == returnee.id, CaseEvent.kind == CaseEventKind.NOTE)
    )
    return Kept(
        organisations=[each.name for each in theirs],
        messages=await count_of(session, Message, returnee),
        cases=await count_of(session, Case, returnee),
        notes=await session.scalar(notes) or 0,
        answers=await count_of(session, Answer, returnee),
        days={kind: max([0, *(days(each.settings, kind) for each in theirs)]) for kind in Kind},
    )


async def count_of(
    session: Session, table: type[Message] | type[Case] | type[Answer], returnee: Returnee
) -> int:
    """All that there are of this person."""
    found = await session.scalar(select(func.count()).where(table.returnee_id == returnee.id))
    return found or 0
