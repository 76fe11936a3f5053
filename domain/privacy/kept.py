"""How much is kept of somebody, of each kind."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from domain.retention_periods import Kind, period
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.check_ins import Answer
from storage.tables.organisations import Organisation
from storage.tables.returnees import Enrolment, Returnee


@dataclass(frozen=True, slots=True)
class Kept:
    """How much there is, and who has it. No words."""

    #: By name, first the one that has accompanied the person longest, last those that do so no
    #: longer: until what they have goes, it is read there.
    organisations: Sequence[str]
    messages: int
    cases: int
    notes: int
    answers: int
    #: The longest that any of these organisations keeps a kind.
    days: dict[Kind, int]


async def kept_of(session: Session, returnee: Returnee) -> Kept:
    """Needs the service's scope."""
    found = await session.scalars(
        select(Organisation)
        .join(Enrolment, Enrolment.organisation_id == Organisation.id)
        .where(Enrolment.returnee_id == returnee.id)
        .order_by(Enrolment.until_at.is_not(None), Enrolment.from_at)
    )
    theirs = list(dict.fromkeys(found))
    notes = (
        select(func.count())
        .select_from(CaseEvent)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(Case.returnee_id == returnee.id, CaseEvent.body.is_not(None))
    )
    return Kept(
        organisations=[each.name for each in theirs],
        messages=await count_of(session, Message, returnee),
        cases=await count_of(session, Case, returnee),
        notes=await session.scalar(notes) or 0,
        answers=await count_of(session, Answer, returnee),
        days={
            kind: max([0, *(period(each.settings, kind).days for each in theirs)]) for kind in Kind
        },
    )


async def count_of(
    session: Session, table: type[Message] | type[Case] | type[Answer], returnee: Returnee
) -> int:
    """All that there are of this person."""
    found = await session.scalar(select(func.count()).where(table.returnee_id == returnee.id))
    return found or 0
