"""Finding a case for somebody: one that is theirs to see, or the one that a person has."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, select
from sqlalchemy.orm import InstrumentedAttribute

from domain import prefetched
from domain.actors import Actor, Right
from domain.errors import Refused
from domain.returnees.enrolments import known_as
from domain.staff.colleagues import is_kept_from_somebody
from storage.batches import at_most
from storage.kinds import CaseState
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.privacy import Erasure, gone_for_the_team
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import seen_by


async def find_case(session: Session, actor: Actor, case_id: UUID, *, lock: bool = False) -> Case:
    """A case of the actor's organisation; locked, it is nobody else's to change meanwhile.

    Raises NotAllowed, and Refused for another organisation's case, and for that of a person whom
    the actor must not see, as for one that is not there: nobody learns that it exists (P10).
    """
    actor.ensure_may(Right.WORK_ON_CASES)
    ours = Case.id == case_id, Case.organisation_id == actor.organisation_id
    if lock:
        # By itself: whoever waited for it may see nothing of the person any more.
        await session.execute(select(Case.id).where(*ours).with_for_update())
    query = select(Case).where(
        *ours, seen_by(actor.staff_id, Case.returnee_id), ~of_somebody_leaving()
    )
    case = await session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise Refused("There is no such case.")
    return case


async def id_of_case(session: Session, code: str) -> UUID:
    """Whosever it is: what is done by that id asks who may. Raises Refused."""
    case_id = await session.scalar(select(Case.id).where(Case.code == code))
    if case_id is None:
        raise Refused("There is no such case.")
    return case_id


async def codes_for_all(session: Session, codes: Sequence[str]) -> list[str]:
    """Those of these cases that may be named where a whole team reads."""
    cases = await session.scalars(select(Case).where(Case.code.in_(codes)).order_by(Case.id))
    return [
        case.code
        for case in cases.all()
        if not await is_kept_from_somebody(session, case.organisation_id, case.returnee_id)
    ]


async def own_case(session: Session, actor: Actor, case_id: UUID) -> Case:
    """One that is the actor's to work on, locked. Raises NotAllowed or Refused."""
    case = await unresolved_case(session, actor, case_id)
    if case.claimed_by != actor.staff_id:
        raise Refused("Claim this case first.")
    return case


async def unresolved_case(session: Session, actor: Actor, case_id: UUID) -> Case:
    """One that is open, locked, whoever has it. Raises NotAllowed or Refused."""
    case = await find_case(session, actor, case_id, lock=True)
    if case.state is CaseState.RESOLVED:
        raise Refused("This case is closed.")
    return case


async def open_case_of(session: Session, returnee_id: UUID) -> Case | None:
    """The one that a person has at the most."""
    return await session.scalar(select(Case).where(Case.returnee_id == returnee_id, UNRESOLVED))


async def newest_case(session: Session, returnee: Returnee, *, lock: bool = False) -> Case | None:
    """Of this person: the open one before any closed one."""
    known = prefetched.known(session, returnee.id)
    if known is not None:
        return known.newest_case
    query = (
        select(Case)
        .where(Case.returnee_id == returnee.id)
        .order_by((Case.state == CaseState.RESOLVED).asc(), Case.opened_at.desc())
        .limit(at_most(1))
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


def of_somebody_leaving(
    organisation_id: InstrumentedAttribute[UUID] = Case.organisation_id,
    returnee_id: InstrumentedAttribute[UUID] = Case.returnee_id,
) -> ColumnElement[bool]:
    """Within a query of cases, or of what is about them: the person is to be forgotten, so nobody
    reads it any more.
    """
    taken_off_their_phone = select(Erasure.returnee_id).where(
        Erasure.returnee_id == returnee_id, Erasure.chat.is_not(None)
    )
    return taken_off_their_phone.exists() | gone_for_the_team(organisation_id, returnee_id)


def pseudonym() -> ScalarSelect[str]:
    """Within a query of cases: by what name the case's organisation knows the person."""
    return known_as(Case.organisation_id, Case.returnee_id)
