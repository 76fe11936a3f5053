"""Reading what nobody has to work on now: a closed case, or a person without an open one.

Both open only with a reason that is typed first, which lies before safeguarding and supervisors
until somebody else than the reader has looked at it. What safeguarding itself reads lies before
others who may hear complaints, and never before supervisors: it would tell about whom something was
said.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from domain import audit
from domain.actors import Actor, Right, roles_with
from domain.cases.finding import find_case
from domain.cases.terms import could_open_again
from domain.errors import Refused
from domain.marks import N_
from domain.returnees.enrolments import known_as
from domain.returnees.keys import data_key, legible_of
from domain.returnees.person import find_returnee, seen_by_role
from domain.staff.accounts import name_of
from storage.batches import at_most
from storage.kinds import CaseState
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.safeguarding import Reading, seen_by
from storage.tables.staff import Staff

# So long a reason is good for, and a look at a person is one look.
_GOOD_FOR = timedelta(hours=1)
_CONTEXT = "reading reason"
_MOST = 200


class NeedsReason(Refused):
    """It can be read once they said why."""


@dataclass(frozen=True, slots=True)
class ReadingLine:
    id: UUID
    at: datetime
    #: The name of whoever read.
    staff: str
    pseudonym: str
    returnee_id: UUID
    #: Of the closed case; None where a person's page was looked at.
    case_code: str | None
    reason: str | None


async def ensure_may_read(session: Session, actor: Actor, case: Case) -> None:
    """Raises NeedsReason."""
    if case.state is not CaseState.RESOLVED:
        return
    if case.claimed_by == actor.staff_id and await could_open_again(session, case):
        return
    if not await _lately(session, actor, Reading.case_id == case.id):
        raise NeedsReason(N_("This case is closed. Say first why you need to read it."))


async def break_glass(session: Session, actor: Actor, case_id: UUID, reason: str) -> None:
    """A closed case can be read for an hour; somebody looks at the reason later.

    Raises NotAllowed or Refused.
    """
    case = await find_case(session, actor, case_id)
    if not reason.strip():
        raise Refused("Say why you need to read it.")
    key = await data_key(session, case.returnee_id)
    _add(session, actor, case.returnee_id, case.id, key.seal(reason.strip(), _CONTEXT))
    audit.done_by(session, actor, "case.glass-broken", case.id)
    await session.flush()


async def ensure_may_look(session: Session, actor: Actor, returnee_id: UUID) -> None:
    """At a person without an open case. Raises NeedsReason."""
    of_the_person = (Reading.returnee_id == returnee_id) & Reading.case_id.is_(None)
    if not await _lately(session, actor, of_the_person):
        raise NeedsReason(N_("This person has no open case. Say first why you need to read it."))


async def say_why(session: Session, actor: Actor, returnee_id: UUID, reason: str) -> None:
    """A person without an open case can be looked at for an hour; somebody looks at the reason
    later. Raises as find_returnee, and Refused.
    """
    await find_returnee(session, actor, returnee_id)
    if not reason.strip():
        raise Refused("Say why you need to read it.")
    key = await data_key(session, returnee_id)
    _add(session, actor, returnee_id, None, key.seal(reason.strip(), _CONTEXT))
    audit.done_by(session, actor, "person.glass-broken", returnee_id)
    await session.flush()


async def readings_to_review(session: Session, actor: Actor) -> list[ReadingLine]:
    """Of colleagues, the oldest first; also of people who have left since, whose reasons open to
    the service alone. Needs the service's scope. Raises NotAllowed.
    """
    actor.ensure_may(Right.REVIEW_READINGS)
    reader = aliased(Staff)
    known = known_as(Reading.organisation_id, Reading.returnee_id)
    found = await session.execute(
        select(Reading, known, reader, Case.code)
        .join(reader, reader.id == Reading.staff_id)
        .outerjoin(Case, Case.id == Reading.case_id)
        .where(*_to_review(actor), known.is_not(None))
        .order_by(Reading.at)
        .limit(at_most(_MOST))
    )
    lines = []
    for reading, pseudonym, staff, code in found:
        lines.append(
            ReadingLine(
                reading.id,
                reading.at,
                name_of(session, staff),
                pseudonym,
                reading.returnee_id,
                code,
                await legible_of(session, reading.returnee_id, reading.reason, _CONTEXT)
                if reading.reason
                else None,
            )
        )
    return lines


async def review(session: Session, actor: Actor, reading_id: UUID) -> None:
    """Somebody else than the reader has looked at it. Raises NotAllowed or Refused."""
    actor.ensure_may(Right.REVIEW_READINGS)
    reading = await session.scalar(
        select(Reading).where(Reading.id == reading_id, *_to_review(actor)).with_for_update()
    )
    if reading is None:
        raise Refused("There is no such reading.")
    reading.reviewed_at, reading.reviewed_by = session.now, actor.staff_id
    audit.done_by(session, actor, "reading.reviewed", reading.id)


def _to_review(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Reading.organisation_id == actor.organisation_id,
        Reading.reviewed_at.is_(None),
        Reading.staff_id != actor.staff_id,
        seen_by(actor.staff_id, Reading.returnee_id),
        seen_by_role(actor, Reading.returnee_id),
        *_of_those_before(actor),
    )


def _of_those_before(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Supervisors look at what the team read, administrators at what safeguarding did."""
    by_safeguarding = (
        select(Staff.id)
        .where(Staff.id == Reading.staff_id, Staff.role.in_(roles_with(Right.SAFEGUARD)))
        .exists()
    )
    if not actor.may(Right.SAFEGUARD):
        return (~by_safeguarding,)
    return () if actor.may(Right.SUPERVISE) else (by_safeguarding,)


async def _lately(session: Session, actor: Actor, what: ColumnElement[bool]) -> bool:
    """With a reason: what was only drawn by lot (domain/safeguarding/sampling.py) opens nothing."""
    found = await session.scalar(
        select(Reading.id)
        .where(
            Reading.staff_id == actor.staff_id,
            Reading.at > session.now - _GOOD_FOR,
            Reading.reason.is_not(None),
            what,
        )
        .limit(at_most(1))
    )
    return found is not None


def _add(
    session: Session, actor: Actor, returnee_id: UUID, case_id: UUID | None, reason: bytes
) -> None:
    session.add(
        Reading(
            organisation_id=actor.organisation_id,
            returnee_id=returnee_id,
            case_id=case_id,
            staff_id=actor.staff_id,
            at=session.now,
            reason=reason,
        )
    )
