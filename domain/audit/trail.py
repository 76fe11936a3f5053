"""What somebody saw and did, out of the ledger: what a breach makes it necessary to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from domain.audit.ledger import CASE_READ, ONE_READING
from domain.errors import Refused
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case
from storage.tables.pathways import Task
from storage.tables.referrals import Referral
from storage.tables.returnees import Enrolment, Returnee
from storage.tables.safeguarding import Complaint, Reading
from storage.tables.staff import Staff

#: More are asked for by a shorter time.
MOST_LINES = 10_000
# What a line may be about, with whose it is.
_OF_SOMEBODY: Sequence[tuple[InstrumentedAttribute[UUID], InstrumentedAttribute[UUID]]] = (
    (Returnee.id, Returnee.id),
    (Case.id, Case.returnee_id),
    (Complaint.id, Complaint.returnee_id),
    (Enrolment.id, Enrolment.returnee_id),
    (Reading.id, Reading.returnee_id),
    (Referral.id, Referral.returnee_id),
    (Task.id, Task.returnee_id),
)
# How the actions begin that are about somebody, whose row may have gone since.
_ABOUT_SOMEBODY = (
    *("case.", "child.", "complaint.", "conflict.", "consent.", "copy.", "erasure."),
    *("pathway.left", "pathway.paused", "pathway.placed", "pathway.resumed", "person."),
    *("reading.", "referral.", "returnee.", "signal.", "task."),
)


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
    #: What else of somebody they were about, by its id: it was deleted since, and nobody can say
    #: any more of whom it was. Several may be of one, and of one of those people.
    gone: Sequence[UUID]


async def trail(
    session: Session,
    organisation_id: UUID,
    since: datetime,
    until: datetime,
    sign_in_code: str | None,
) -> Trail:
    """The lines of an organisation between two instants, of one of its staff or of all; and of the
    cases that were still being read as the first of them came.

    Needs the service's scope. Raises Refused for an unknown code, and for more than can be read.
    """
    codes = await _codes(session, organisation_id)
    # By the database, which knows times before the year 1.
    still_read = literal(since, AuditEntry.at.type) - ONE_READING
    wanted = (
        select(AuditEntry)
        .where(
            AuditEntry.organisation_id == organisation_id,
            or_(
                AuditEntry.at >= since,
                and_(AuditEntry.action == CASE_READ, AuditEntry.at > still_read),
            ),
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
    people = await _people(session, subjects)
    # What the service itself did, such as to delete somebody, nobody read.
    by_staff = (line for line in lines if line.staff_id is not None)
    about = {line.subject for line in by_staff if line.action.startswith(_ABOUT_SOMEBODY)}
    return Trail(
        [_step(line, codes, cases) for line in lines],
        sorted(set(people.values())),
        sorted(each for each in about if each is not None and each not in people),
    )


def _step(line: AuditEntry, codes: dict[UUID, str], cases: dict[UUID, str]) -> Step:
    subject = None
    if line.subject is not None:
        subject = cases.get(line.subject) or codes.get(line.subject, str(line.subject))
    # Whoever's account is gone keeps their id here.
    by = codes.get(line.staff_id, str(line.staff_id)) if line.staff_id else None
    return Step(line.at, by, line.action, subject)


async def _codes(session: Session, organisation_id: UUID) -> dict[UUID, str]:
    rows = await session.execute(
        select(Staff.id, Staff.sign_in_code).where(Staff.organisation_id == organisation_id)
    )
    return dict(rows.all())


async def _cases(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    rows = await session.execute(select(Case.id, Case.code).where(Case.id.in_(ids)))
    return dict(rows.all())


async def _people(session: Session, ids: set[UUID]) -> dict[UUID, UUID]:
    """Of whom each of these is, as far as it is still there."""
    found: dict[UUID, UUID] = {}
    for subject, person in _OF_SOMEBODY:
        rows = await session.execute(select(subject, person).where(subject.in_(ids)))
        found |= dict(rows.all())
    return found
