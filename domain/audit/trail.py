"""What somebody saw and did, out of the ledger: what a breach makes it necessary to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.errors import Refused
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff

#: More are asked for by a shorter time.
MOST_LINES = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """One line, in the words of an operator: codes, and never who somebody is."""

    at: datetime
    #: The sign-in code of whoever did it; None for the service and the operator.
    by: str | None
    action: str
    #: A case's code, or the id of what it was about.
    subject: str | None


@dataclass(frozen=True, slots=True)
class Trail:
    steps: Sequence[Step]
    #: The people whose data they were about, by the id that stands in their page's address.
    people: Sequence[UUID]


async def trail(
    session: Session,
    organisation_id: UUID,
    since: datetime,
    until: datetime,
    sign_in_code: str | None,
) -> Trail:
    """The lines of an organisation between two instants, of one of its staff or of all.

    Needs the service's scope. Raises Refused for an unknown code, and for more than can be read.
    """
    codes = await _codes(session, organisation_id)
    wanted = (
        select(AuditEntry)
        .where(
            AuditEntry.organisation_id == organisation_id,
            AuditEntry.at >= since,
            AuditEntry.at < until,
        )
        .order_by(AuditEntry.number)
        .limit(at_most(MOST_LINES + 1))
    )
    if sign_in_code is not None:
        by = next((each for each, code in codes.items() if code == sign_in_code), None)
        if by is None:
            raise Refused("Nobody there signs in with that code.")
        wanted = wanted.where(AuditEntry.staff_id == by)
    lines = (await session.scalars(wanted)).all()
    if len(lines) > MOST_LINES:
        raise Refused(f"These are more than {MOST_LINES:,} lines: ask for a shorter time.")
    subjects = {line.subject for line in lines if line.subject is not None}
    cases = await _cases(session, subjects)
    people = await session.scalars(select(Returnee.id).where(Returnee.id.in_(subjects)))
    return Trail(
        [_step(line, codes, cases) for line in lines],
        sorted({*people, *(case.returnee_id for case in cases.values())}),
    )


def _step(line: AuditEntry, codes: dict[UUID, str], cases: dict[UUID, Case]) -> Step:
    subject = None
    if line.subject is not None:
        case = cases.get(line.subject)
        subject = case.code if case else codes.get(line.subject, str(line.subject))
    # Whoever's account is gone keeps their id here.
    by = codes.get(line.staff_id, str(line.staff_id)) if line.staff_id else None
    return Step(line.at, by, line.action, subject)


async def _codes(session: Session, organisation_id: UUID) -> dict[UUID, str]:
    rows = await session.execute(
        select(Staff.id, Staff.sign_in_code).where(Staff.organisation_id == organisation_id)
    )
    return dict(rows.all())


async def _cases(session: Session, ids: set[UUID]) -> dict[UUID, Case]:
    return {case.id: case for case in await session.scalars(select(Case).where(Case.id.in_(ids)))}
