"""An organisation in which nobody works on cases any more: what waits there calls nobody (P2)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from domain.cases.finding import newest_case
from domain.casework.going_on import go_on_with
from domain.one_by_one import each_by_itself
from domain.returnees.enrolments import organisation_of
from domain.returnees.person import lock_if_free
from domain.workers import has_workers
from storage.batches import at_most, one_of
from storage.sessions import Session
from storage.tables.cases import DUE, UNRESOLVED, Case
from storage.tables.organisations import Organisation
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee

_BATCH = 100


async def go_on_elsewhere(session: Session) -> int:
    """The tick: open cases go on with another organisation that accompanies the person, if anybody
    is left there and the person does not want it kept away; not before they are due, since somebody
    may be added meanwhile. How many do. It learns nothing of who had them. Needs the service's
    scope.
    """
    gone: list[UUID] = []

    async def go_on(session: Session, returnee_id: UUID) -> None:
        if not await lock_if_free(session, returnee_id):
            return
        returnee = await session.get_one(Returnee, returnee_id)
        case = await newest_case(session, returnee, lock=True)
        answering = await organisation_of(session, returnee)
        if case is None or case.resolved_at is not None or case.organisation_id == answering:
            return
        await go_on_with(session, case, answering, "nobody-left")
        gone.append(case.id)

    waiting = await _whom_others_accompany(session)
    await each_by_itself(session, waiting, go_on, _stays, "deserted.failed")
    return len(gone)


async def _whom_others_accompany(session: Session) -> Sequence[UUID]:
    """Of those whose case is due where nobody works any more."""
    deserted = await session.scalars(select(Organisation.id).where(~has_workers(Organisation.id)))
    ids = deserted.all()
    if not ids:
        return []
    accompanied = select(Enrolment.id).where(
        Enrolment.returnee_id == Case.returnee_id,
        STILL_ENROLLED,
        has_workers(Enrolment.organisation_id, Enrolment.returnee_id),
    )
    found = await session.scalars(
        select(Case.returnee_id)
        .where(
            UNRESOLVED,
            session.due >= DUE,
            one_of(Case.organisation_id, "deserted"),
            accompanied.exists(),
        )
        .order_by(Case.opened_at)
        .limit(at_most(_BATCH)),
        {"deserted": ids},
    )
    return found.all()


async def _stays(session: Session, returnee_id: UUID) -> None:
    """It is tried again in a minute."""
